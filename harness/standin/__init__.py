"""Stand-ins of target systems: real servers on this machine that answer as the documentation says, to rehearse against."""
