"""Runs mtprotoproxy on today's Python: since 3.10 asyncio has no `loop` arguments and fewer names."""
import asyncio
import runpy
import sys

start_server = asyncio.start_server


def without_loop(*args, loop=None, **options):
    return start_server(*args, **options)


asyncio.start_server = without_loop
asyncio.streams.IncompleteReadError = asyncio.IncompleteReadError
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
