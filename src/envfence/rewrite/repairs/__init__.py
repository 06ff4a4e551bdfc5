"""Workflows that deploy: what is wrong in them and has one repair, which every reader would make the same.

One function for each rule, ``repair(workflow, finding)``, returns the edits, or in words why it is left to people. A
repair stays only if its finding is gone and no other has come: ``mending`` sees to that.
"""
