"""When a stringer's word needs a second person: the policy, and the command that sets it."""
