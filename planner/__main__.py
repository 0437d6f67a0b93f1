"""`python -m planner` does what `planner` does."""

from planner.cli import main
from planner.parent import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    main()
