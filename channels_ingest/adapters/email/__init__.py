"""E-mail: raw mail in, SMTP out. The order of reading is adapter, mime, then what each asks."""
