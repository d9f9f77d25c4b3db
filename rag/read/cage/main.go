package cage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"
)

// Answers of a worker: a byte of their kind, and a part.
const (
	answerDocument = 'd'
	answerRefused  = 'r'
)

// maxPart is how long a part of a message may be.
const maxPart = 256 << 20

// Main is the sub-command that a worker runs: it confines itself and reads files until its input ends. Each message is
// four bytes of length, big endian, and the name; then as much for the bytes.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, reads Func) int {
	set := flag.NewFlagSet("read-file", flag.ContinueOnError)
	set.SetOutput(stderr)
	memory := set.Int64("memory", 1<<30, "bytes of memory")
	seconds := set.Uint64("seconds", 300, "seconds of processor time")
	if err := set.Parse(args); err != nil {
		return 2
	}
	const processors = 2
	runtime.GOMAXPROCS(processors)
	debug.SetMemoryLimit(*memory / 4 * 3)
	if err := confine(*memory, *seconds); err != nil {
		fmt.Fprintln(stderr, "read-file:", err)
		return 1
	}
	in, out := bufio.NewReaderSize(stdin, 64<<10), bufio.NewWriterSize(stdout, 64<<10)
	for {
		if err := serve(in, out, reads); err != nil {
			if errors.Is(err, io.EOF) {
				return 0
			}
			fmt.Fprintln(stderr, "read-file:", err)
			return 1
		}
	}
}

func serve(in io.Reader, out *bufio.Writer, reads Func) error {
	name, err := readPart(in)
	if err != nil {
		return err
	}
	data, err := readPart(in)
	if err != nil {
		return err
	}
	doc, err := reads(context.Background(), string(name), data) // its time is bounded from outside
	kind, body := byte(answerDocument), new(bytes.Buffer)
	if err != nil {
		kind = answerRefused
		body.WriteString(strings.TrimSuffix(err.Error(), ": "+fs.ErrInvalid.Error()))
	} else if err := gob.NewEncoder(body).Encode(doc); err != nil {
		return err
	}
	if err := out.WriteByte(kind); err != nil {
		return err
	}
	if err := writePart(out, body.Bytes()); err != nil {
		return err
	}
	return out.Flush()
}

func writePart(w io.Writer, part []byte) error {
	if err := binary.Write(w, binary.BigEndian, uint32(len(part))); err != nil {
		return err
	}
	_, err := w.Write(part)
	return err
}

func readPart(r io.Reader) ([]byte, error) {
	var n uint32
	if err := binary.Read(r, binary.BigEndian, &n); err != nil {
		return nil, err
	}
	if n > maxPart {
		return nil, fmt.Errorf("a part of %d bytes is too long: %w", n, fs.ErrInvalid)
	}
	part := make([]byte, n)
	_, err := io.ReadFull(r, part)
	return part, err
}
