package consent

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Scopes are what can be asked for on a platform, in an order that stays. A set of
// them is a number with a bit for each.
type Scopes []string

// Read gives the set that a text names, and the words in it that are no scopes.
func (s Scopes) Read(text string) (set uint64, unknown []string) {
	for word := range strings.FieldsSeq(text) {
		if i := slices.Index(s, word); i >= 0 {
			set |= 1 << i
		} else {
			unknown = append(unknown, word)
		}
	}
	return set, unknown
}

// Names are those of a set.
func (s Scopes) Names(set uint64) []string {
	var out []string
	for i, name := range s {
		if set&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// Text names a set as tokens' answers do.
func (s Scopes) Text(set uint64) string { return strings.Join(s.Names(set), " ") }

// Holds reports whether all that a text names are in the set.
func (s Scopes) Holds(set uint64, text string) bool {
	wanted, unknown := s.Read(text)
	return set&wanted == wanted && len(unknown) == 0
}

// Mint makes tokens that tell by themselves when they end, what they are good for
// and that they were made here, so that nothing needs to be kept.
type Mint struct {
	// Prefix begins every token, Secret seals it.
	Prefix, Secret string
}

// Make gives a token of a kind, such as access. The zero time: it does not end.
func (m Mint) Make(kind string, ends time.Time, scopes uint64) string {
	var random [6]byte
	_, _ = rand.Read(random[:])
	at := int64(0)
	if !ends.IsZero() {
		at = ends.Unix()
	}
	token := fmt.Sprintf("%s-%s-%d-%x-%x", m.Prefix, kind, at, scopes, random)
	return token + "-" + m.seal(token)
}

func (m Mint) seal(token string) string {
	mac := hmac.New(sha256.New, []byte(m.Secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}

// Read gives what a token is good for; false: it was not made here, is of another
// kind, or has ended.
func (m Mint) Read(kind, token string, now time.Time) (scopes uint64, ok bool) {
	rest, ok := strings.CutPrefix(token, m.Prefix+"-"+kind+"-")
	parts := strings.Split(rest, "-")
	if !ok || len(parts) != 4 {
		return 0, false
	}
	at := strings.LastIndexByte(token, '-')
	if !hmac.Equal([]byte(token[at+1:]), []byte(m.seal(token[:at]))) {
		return 0, false
	}
	ends, err := strconv.ParseInt(parts[0], 10, 64)
	scopes, wrong := strconv.ParseUint(parts[1], 16, 64)
	return scopes, err == nil && wrong == nil && (ends == 0 || now.Unix() < ends)
}
