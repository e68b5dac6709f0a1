"""Files written so that no save of the same instant is lost."""
