"""What a script is: its steps as data, the one-line text of each, and a file of them. Knows no implementation.

- `steps` the steps, with their arguments and their text; `script` a file of them
- `http_server_words`, `http_client_words` what is asked and answered over HTTP, in the words of the steps
- `reduce` makes a script that diverges short
"""
