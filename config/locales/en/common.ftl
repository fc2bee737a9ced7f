### Words that every screen shares.

app-name = One Window
