package live

import (
	"encoding/binary"
	"unicode/utf8"
)

// Close codes of our own; the range 4000 to 4999 is free for applications (RFC 6455, 7.4.2).
const (
	CloseGoingAway = 1001
	CloseFault     = 1011
	CloseRestart   = 1012
	CloseSignedOut = 4401
	CloseForbidden = 4403
	CloseTooSlow   = 4408
	CloseTooFast   = 4429
)

// Operation codes of WebSocket frames (RFC 6455, 5.2).
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// TextFrame returns a WebSocket frame of a server with a text: built once, written to any number of connections.
func TextFrame(text []byte) []byte { return frame(opText, text) }

// PingFrame asks the other side for a sign of life.
func PingFrame() []byte { return frame(opPing, nil) }

// PongFrame answers a ping with its data.
func PongFrame(data string) []byte { return frame(opPong, []byte(data)) }

// CloseFrame ends a connection with a code and a reason, cut to the 123 bytes that the protocol allows.
func CloseFrame(code uint16, reason string) []byte {
	for len(reason) > 123 {
		_, size := utf8.DecodeLastRuneInString(reason)
		reason = reason[:len(reason)-size]
	}
	return frame(opClose, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

func frame(op byte, payload []byte) []byte {
	const final = 0x80
	b := make([]byte, 0, len(payload)+10)
	b = append(b, final|op)
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n <= 0xffff:
		b = append(b, 126)
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b = append(b, 127)
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return append(b, payload...)
}

// textOf returns the text of a frame that TextFrame has made, nil for one of another sort.
func textOf(frame []byte) []byte {
	if len(frame) < 2 || frame[0]&0x0f != opText {
		return nil
	}
	head := 2
	switch frame[1] {
	case 126:
		head += 2
	case 127:
		head += 8
	}
	return frame[min(head, len(frame)):]
}
