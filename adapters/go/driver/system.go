package main

import (
	"bytes"
	"os"
	"strconv"
)

// What is asked of the process, where the system tells.

func descriptors() string {
	for _, place := range []string{"/proc/self/fd", "/dev/fd"} {
		if names, err := os.ReadDir(place); err == nil {
			return number(len(names) - 1) // without the directory itself, which is open while it is read
		}
	}
	return unsupported
}

func memory() string {
	told, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return unsupported
	}
	words := bytes.Fields(told)
	if len(words) < 2 {
		return unsupported
	}
	pages, err := strconv.Atoi(string(words[1]))
	if err != nil {
		return unsupported
	}
	return number(pages * os.Getpagesize())
}

func threads() string {
	names, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return unsupported
	}
	return number(len(names))
}
