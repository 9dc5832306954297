// The cocoon command.
