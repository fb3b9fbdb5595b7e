// The driver: reads commands of the line protocol (docs/driver-protocol.md), a line each, calls the module, and writes
// what came of them. It can be tried by typing: build/driver, then "1 hello 1".
//
// main.go has the conversation, commands.go a line for each command, object.go what the driver keeps of an object,
// recorders.go the classes whose callbacks write events, words.go what a line is made of, and system.go what is asked of
// the process.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"dasnet/network"
)

func main() {
	d := &driver{
		out:     bufio.NewWriterSize(os.Stdout, 1<<16),
		objects: map[int64]*object{},
		orphans: map[int64]*network.SharedOrphan{},
	}
	d.converse(bufio.NewReaderSize(os.Stdin, 1<<16))
	d.forget()
}

// driver is one conversation: what it was told to make, and the line it is on.
type driver struct {
	out      *bufio.Writer
	objects  map[int64]*object
	orphans  map[int64]*network.SharedOrphan
	sequence string // of the command that runs, as it was written; "0" between commands
	depth    int    // of reactions within reactions
	child    *childProcess
}

// converse ends with the input, or after bye.
func (d *driver) converse(input *bufio.Reader) {
	d.sequence = "0"
	for {
		line, err := input.ReadString('\n')
		if err != nil {
			return // what stands behind the last line end is no command
		}
		words := strings.Split(strings.TrimRight(line, "\r\n"), " ")
		if len(words) < 2 {
			continue
		}
		d.sequence = words[0]
		name := words[1]
		outcome := guarded(func() string { return d.carryOut(name, words[2:]) })
		d.write(outcome)
		d.flush()
		d.sequence = "0"
		if name == "bye" {
			return
		}
	}
}

func (d *driver) write(words string) {
	io.WriteString(d.out, d.sequence+" "+words+"\n")
	if d.sequence == "0" {
		d.flush() // a callback outside any command: the suite wants to know at once
	}
}

// A failure is left alone: when nobody reads, the input ends as well.
func (d *driver) flush() { d.out.Flush() }

func (d *driver) event(number int64, words string) {
	d.write(fmt.Sprintf("event %d %s", number, words))
}

// forget destroys all that was made, and closes what orphans hold.
func (d *driver) forget() {
	d.endChild()
	for _, object := range d.objects {
		object.destroy()
	}
	for _, orphan := range d.orphans {
		orphan.Close()
	}
	d.objects, d.orphans = map[int64]*object{}, map[int64]*network.SharedOrphan{}
}
