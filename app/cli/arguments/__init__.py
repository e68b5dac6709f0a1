"""What each command takes: a file for each group, a function for each command, nothing imported but argparse.

A new command is a function here, in the group it belongs to, and a file of its name in `app/commands`.
"""
