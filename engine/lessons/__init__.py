"""Tasks that are shipped, lessons made of them, and a student's claims."""
