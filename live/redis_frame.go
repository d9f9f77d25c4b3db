package live

import "encoding/binary"

// origin names a replica for as long as it runs.
type origin [8]byte

// envelope is a message between replicas.
type envelope struct {
	from   origin
	number uint64 // counts what a replica publishes
	seq    int64
	data   []byte
}

// redisFormat is the first byte of an envelope; replicas of another release that speak otherwise are not misread.
const redisFormat = 1

const envelopeHead = 1 + len(origin{}) + 8 + 8

func (e envelope) encode() []byte {
	out := make([]byte, 0, envelopeHead+len(e.data))
	out = append(out, redisFormat)
	out = append(out, e.from[:]...)
	out = binary.BigEndian.AppendUint64(out, e.number)
	out = binary.BigEndian.AppendUint64(out, uint64(e.seq))
	return append(out, e.data...)
}

func decodeEnvelope(text string) (e envelope, ok bool) {
	if len(text) < envelopeHead || text[0] != redisFormat {
		return e, false
	}
	in := []byte(text)
	copy(e.from[:], in[1:])
	e.number = binary.BigEndian.Uint64(in[9:])
	e.seq = int64(binary.BigEndian.Uint64(in[17:]))
	e.data = in[envelopeHead:]
	return e, e.seq >= 0
}
