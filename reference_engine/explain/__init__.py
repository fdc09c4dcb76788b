"""Why a payee gets what they get: a replay of the run for one payee, told in sentences."""
