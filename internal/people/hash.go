package people

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is how much work one guess is.
type cost struct {
	memory uint32 // KiB
	time   uint32
	lanes  uint8
}

// present is what new passwords cost: more than the least that OWASP advises
// (19 MiB, 2 rounds), about 40 ms here.
var present = cost{memory: 32 << 10, time: 2, lanes: 1}

// greatest bounds what a stored hash may ask of us.
var greatest = cost{memory: 256 << 10, time: 16, lanes: 16}

const saltSize, keySize = 16, 32

var raw = base64.RawStdEncoding

// hash hashes a password under a fresh salt.
func hash(password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: it ends the program instead
	key := argon2.IDKey(composed(password), salt, present.time, present.memory, present.lanes, keySize)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		present.memory, present.time, present.lanes, raw.EncodeToString(salt), raw.EncodeToString(key))
}

// composed is a password as every keyboard and system would send it: some write an
// accent as a letter of its own.
func composed(password string) []byte { return norm.NFC.Bytes([]byte(password)) }

// verify reports whether the password is the one that was hashed. A hash it
// cannot read fits nothing.
func verify(phc, password string) bool {
	c, salt, key, err := parse(phc)
	if err != nil {
		return false
	}
	got := argon2.IDKey(composed(password), salt, c.time, c.memory, c.lanes, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1
}

// parse reads a hash in the PHC format and refuses what is not argon2id or
// would cost too much.
func parse(phc string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fmt.Errorf("read password hash: not argon2id")
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.lanes); err != nil {
		return c, nil, nil, fmt.Errorf("read password hash: %w", err)
	}
	if !c.sane() {
		return c, nil, nil, fmt.Errorf("read password hash: cost out of bounds")
	}
	if salt, err = raw.DecodeString(parts[4]); err != nil {
		return c, nil, nil, fmt.Errorf("read password hash: salt: %w", err)
	}
	if key, err = raw.DecodeString(parts[5]); err != nil || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, fmt.Errorf("read password hash: bad key")
	}
	return c, salt, key, nil
}

func (c cost) sane() bool {
	return c.time >= 1 && c.lanes >= 1 && c.memory >= 8*uint32(c.lanes) &&
		c.memory <= greatest.memory && c.time <= greatest.time && c.lanes <= greatest.lanes
}

// weak reports whether a hash was made at less than the present cost.
func weak(phc string) bool {
	c, _, _, err := parse(phc)
	return err != nil || c.memory < present.memory || c.time < present.time
}

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte("mark:" + s))
	return hex.EncodeToString(sum[:8])
}

const consonants, vowels = "bdfghjklmnprstvz", "aeiou"

// NewPassword makes a random password that can be read out on the telephone:
// six groups of two syllables, 75 bits.
func NewPassword() string {
	pick := func(set string) byte {
		b := make([]byte, 1)
		for {
			_, _ = rand.Read(b)
			if int(b[0]) < 256-256%len(set) {
				return set[int(b[0])%len(set)]
			}
		}
	}
	var out strings.Builder
	for i := range 12 {
		if i > 0 && i%2 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(pick(consonants))
		out.WriteByte(pick(vowels))
	}
	return out.String()
}
