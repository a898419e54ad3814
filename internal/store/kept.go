package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"

	"triage/internal/respond"
)

// kept is a case as its bucket has it. Nearly all are settled, and hardly anybody
// looks at one again: of those memory holds the light form packed, in a fifth of the
// room and with nothing in it that the collector of garbage must follow.
type kept struct {
	whole  *respond.Case // nil: it is packed
	packed []byte        // the length of the id, the id, the light form
}

// Key implements bus.Keyed.
func (k kept) Key() string {
	if k.whole != nil {
		return k.whole.ID()
	}
	return string(k.packed[1 : 1+k.packed[0]])
}

// MarshalJSON is the case's.
func (k kept) MarshalJSON() ([]byte, error) { return json.Marshal(k.whole) }

// UnmarshalJSON reads a case.
func (k *kept) UnmarshalJSON(data []byte) error {
	k.whole = &respond.Case{}
	return json.Unmarshal(data, k.whole)
}

// Light implements bus.Lighter.
func (k kept) Light() kept {
	if k.whole == nil {
		return k
	}
	light := k.whole.Light()
	if id := light.ID(); light.Settled() && len(id) < 256 {
		one := append(append(make([]byte, 0, 512), byte(len(id))), id...)
		one = append(one, respond.Case{}.Pack([]*respond.Case{&light})...)
		return kept{packed: append([]byte(nil), one...)} // no longer than it is
	}
	return kept{whole: &light}
}

// Whole implements bus.Lighter.
func (k kept) Whole() bool { return k.whole != nil && k.whole.Whole() }

// form is the case as it is in memory: shared, unless it was packed.
func (k kept) form() *respond.Case {
	if k.whole != nil {
		return k.whole
	}
	c, err := unpack(k.packed[1+k.packed[0]:])
	if err != nil { // what was packed here, or was looked at when it was read
		panic(err)
	}
	return c
}

func unpack(data []byte) (*respond.Case, error) {
	c := &respond.Case{}
	return c, respond.Case{}.Unpack(data, []*respond.Case{c})
}

var errKept = errors.New("these are no cases of this version")

// Pack implements bus.Lighter: each case with its length, and whether it rests.
func (kept) Pack(light []*kept) []byte {
	var out []byte
	for _, k := range light {
		data := k.packed
		if k.whole != nil {
			data = append([]byte{0}, respond.Case{}.Pack([]*respond.Case{k.whole})...)
		}
		out = append(binary.AppendUvarint(out, uint64(len(data))), data...)
	}
	return out
}

// Unpack implements bus.Lighter. What it reads shares the memory of data.
func (kept) Unpack(data []byte, light []*kept) error {
	for _, k := range light {
		n, size := binary.Uvarint(data)
		if size <= 0 || n < 1 || n > uint64(len(data)-size) {
			return errKept
		}
		one := data[size : size+int(n) : size+int(n)]
		data = data[size+int(n):]
		if int(one[0]) >= len(one) {
			return errKept
		}
		c, err := unpack(one[1+one[0]:])
		switch {
		case err != nil:
			return err
		case one[0] == 0:
			k.whole = c
		case c.ID() != string(one[1:1+one[0]]):
			return errKept
		default:
			k.packed = one
		}
	}
	if len(data) > 0 {
		return errKept
	}
	return nil
}
