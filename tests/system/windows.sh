# The task of Windows: by what its schema says (tests/system/task_xml.py). Only Windows can tell more.

check "planner-nightly.xml is as the schema of tasks says" /opt/planner/bin/python -m tests.system.task_xml $deploy/planner-nightly.xml
cannot "schtasks /Create /XML takes it" "this is not Windows"
