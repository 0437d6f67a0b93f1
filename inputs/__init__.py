"""The example workbooks; installed as `planner_examples`, so that a wheel carries them."""
