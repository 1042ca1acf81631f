// Placeholder until the window's first file.
