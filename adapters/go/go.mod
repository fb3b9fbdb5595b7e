module dasnet

go 1.19
