"""The archive: every run of every case as a row, with its headline figures and the tables of its plan, for years.

`address` says where it is, `tables` what is in it, `opening` brings an older one up to date and lets one writer in at a time,
`plan` reads what a plan workbook says, and `storing` puts runs in. `queries` asks for nights and trends, `reading` gives the
answers, and `shown` prints them; these three load nothing heavy.

What stands in a run's folder is enough to put the run in, so an archive that was away, or is lost, is made whole again from
the folders that are there.
"""
