"""The pages of action plans: the list, one plan, writing it, and the steps of both parties."""
