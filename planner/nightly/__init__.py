"""Every night, unattended: each workbook is planned anew, and each case's folder always leads to a whole, verified plan.

`config` says what a night is (`matching` which workbooks it means, `faults` what is wrong with its file), `fingerprint`
whether a workbook has changed, `shares` how long each case may take, `command` runs the planner in a process of its own,
`record` says what came of a run, `folder` holds a case's runs and the link to the last good one, `damage` says whether that
one is what was published, `durable` is the only way in which these change, `case_run` takes one case from its workbook to its
folder, and `night` all of them.

Who is told: `journal` logs what happens, `alerts` says what somebody should hear of a case (`alert_terms` has the rules'
figures, `cover` how long its stock lasts), `holding` who has heard of it, `channels` how it gets there, `metrics` the figures
for Prometheus, and `watch` does all this at the night's end.
"""
