"""Everything ``manage.py up`` needs to run a whole stack on one machine: stores, processes, their supervision."""
