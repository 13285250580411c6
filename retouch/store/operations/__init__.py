"""Operations: differences, merges and blame, decided on pixels."""
