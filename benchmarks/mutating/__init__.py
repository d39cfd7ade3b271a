"""What `benchmarks.mutants_door` starts: one script makes the mutants, the other tries them in a throw-away copy."""
