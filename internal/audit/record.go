package audit

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
)

// MAC is a link of the chain: the keyed hash of a record, which holds the one
// before it.
type MAC [sha256.Size]byte

// String is the hexadecimal form.
func (m MAC) String() string { return hex.EncodeToString(m[:]) }

// MarshalText is String.
func (m MAC) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (m *MAC) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(m)) {
		return errors.New("not 64 hexadecimal digits")
	}
	_, err := hex.Decode(m[:], text)
	return err
}

// Record is an act as it is kept.
type Record struct {
	// N is its number in the log, from 1. A gap says that records were lost.
	N uint64 `json:"n"`
	Act
	// Logged is when it was recorded, by the clock of the process that did.
	Logged time.Time `json:"logged"`
	// Ref is "<case>/<index>" for what came from a case's history.
	Ref string `json:"ref,omitempty"`
	// Writer is a random name of the process that recorded it.
	Writer string `json:"writer"`
	// Prev is the MAC of the record before; zero in the first.
	Prev MAC `json:"prev"`
	MAC  MAC `json:"mac"`
}

// The kept form of a record, every number big-endian:
//
//	format (1 byte) | prev (32) | n (8) | logged (8) | at (8) |
//	by, os, from, do, on, note, ref, writer, each as length (2) and bytes |
//	mac (32) = HMAC-SHA256 of all before it
//
// Times are nanoseconds since 1970. Every length is said, so no two records
// have the same bytes, and a later format can live beside this one.
const format = 1

// fixed is the length of what comes before the texts.
const fixed = 1 + sha256.Size + 3*8

func (r *Record) texts() [8]*string {
	return [...]*string{&r.By, &r.OS, &r.From, &r.Do, &r.On, &r.Note, &r.Ref, &r.Writer}
}

// body is the kept form up to the MAC.
func (r *Record) body() []byte {
	b := make([]byte, 0, 256)
	b = append(b, format)
	b = append(b, r.Prev[:]...)
	b = binary.BigEndian.AppendUint64(b, r.N)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Logged.UnixNano()))
	b = binary.BigEndian.AppendUint64(b, uint64(r.At.UnixNano()))
	for _, s := range r.texts() {
		b = binary.BigEndian.AppendUint16(b, uint16(len(*s)))
		b = append(b, *s...)
	}
	return b
}

// seal computes the MAC and returns the kept form.
func (r *Record) seal(h hash.Hash) []byte {
	body := r.body()
	r.MAC = sum(h, body)
	return append(body, r.MAC[:]...)
}

// decode reads the kept form, without looking at the MAC.
func decode(data []byte) (Record, error) {
	var r Record
	switch {
	case len(data) == 0 || data[0] != format:
		return r, errors.New("in no format that this release knows")
	case len(data) < fixed+sha256.Size:
		return r, errors.New("cut short")
	}
	mac := len(data) - sha256.Size
	copy(r.Prev[:], data[1:])
	copy(r.MAC[:], data[mac:])
	numbers := data[1+sha256.Size:]
	r.N = binary.BigEndian.Uint64(numbers)
	r.Logged = time.Unix(0, int64(binary.BigEndian.Uint64(numbers[8:]))).UTC()
	r.At = time.Unix(0, int64(binary.BigEndian.Uint64(numbers[16:]))).UTC()
	rest := data[fixed:mac]
	for _, s := range r.texts() {
		if len(rest) < 2 {
			return r, errors.New("cut short")
		}
		n := 2 + int(binary.BigEndian.Uint16(rest))
		if len(rest) < n {
			return r, errors.New("cut short")
		}
		*s, rest = string(rest[2:n]), rest[n:]
	}
	if len(rest) > 0 {
		return r, errors.New("longer than it says")
	}
	return r, nil
}

// unseal reads the kept form and checks it against the key.
func unseal(h hash.Hash, data []byte) (Record, error) {
	r, err := decode(data)
	if err != nil {
		return r, fmt.Errorf("%w (%w)", ErrBroken, err)
	}
	if !r.genuine(h, data) {
		return r, fmt.Errorf("%w (record %d)", ErrBroken, r.N)
	}
	return r, nil
}

// genuine tells whether the MAC of a decoded record fits its bytes.
func (r *Record) genuine(h hash.Hash, data []byte) bool {
	mac := sum(h, data[:len(data)-sha256.Size])
	return hmac.Equal(mac[:], r.MAC[:])
}

// key is the one under which a journal files the record.
func (r *Record) key() string {
	if at := strings.LastIndexByte(r.Ref, '/'); at > 0 {
		return r.Ref[:at]
	}
	return direct
}

// index is the place in its case's history.
func (r *Record) index() (int, error) {
	return strconv.Atoi(r.Ref[strings.LastIndexByte(r.Ref, '/')+1:])
}

func ref(id string, index int) string { return id + "/" + strconv.Itoa(index) }

func sum(h hash.Hash, data []byte) (m MAC) {
	h.Reset()
	h.Write(data)
	h.Sum(m[:0])
	return m
}

// keys are made from the one that is kept, so that none serves two purposes.
type keys struct {
	chain []byte
	sign  ed25519.PrivateKey
}

func newKeys(key []byte) (keys, error) {
	if len(key) != 32 {
		return keys{}, fmt.Errorf("audit key: has %d bytes, must have 32", len(key))
	}
	chain, err := hkdf.Key(sha256.New, key, nil, "triage audit chain", 32)
	if err != nil {
		return keys{}, fmt.Errorf("audit key: %w", err)
	}
	seed, err := hkdf.Key(sha256.New, key, nil, "triage audit checkpoint", ed25519.SeedSize)
	if err != nil {
		return keys{}, fmt.Errorf("audit key: %w", err)
	}
	return keys{chain: chain, sign: ed25519.NewKeyFromSeed(seed)}, nil
}

func (k keys) mac() hash.Hash { return hmac.New(sha256.New, k.chain) }

func (k keys) public() ed25519.PublicKey { return k.sign.Public().(ed25519.PublicKey) }

// PublicKey is what an outsider needs to check the signatures of checkpoints,
// in base64: the Ed25519 key that belongs to this audit key.
func PublicKey(key []byte) (string, error) {
	k, err := newKeys(key)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(k.public()), nil
}
