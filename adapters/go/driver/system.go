package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// What is asked of the process, where the system tells, and the child process that it can be asked for.

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

// childProcess does nothing until its input ends, which it does at the latest with the driver. What it inherits is for
// the runtime to say, and for a module that marks descriptors of its own.
type childProcess struct {
	command *exec.Cmd
	input   io.Closer
}

func startChild() (*childProcess, error) {
	command := exec.Command("cat")
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	return &childProcess{command, input}, command.Start()
}

func (c *childProcess) end() {
	c.input.Close()
	c.command.Process.Kill()
	c.command.Wait()
}
