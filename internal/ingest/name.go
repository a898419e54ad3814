package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"hash"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Namer makes the ids by which comments are known inside: keyed hashes that
// tell an outsider nothing and are the same at every sight.
type Namer struct{ hashers *sync.Pool }

// hasher hashes what is said to it, under the practice's key.
type hasher struct {
	mac  hash.Hash
	said []byte
}

// NewNamer returns a Namer under the practice's key. Another key gives other
// ids: every comment would be new.
func NewNamer(key []byte) Namer {
	return Namer{&sync.Pool{New: func() any { return &hasher{mac: hmac.New(sha256.New, key)} }}}
}

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ID names an item of an account: 20 characters. An empty item has no id.
func (n Namer) ID(platform, account, item string) string {
	if item == "" {
		return ""
	}
	return n.hash("id", platform, account, item)[:20]
}

// Version names a text: 12 characters.
func (n Namer) Version(text string) string { return n.hash("text", text)[:12] }

func (n Namer) hash(parts ...string) string {
	h := n.hashers.Get().(*hasher)
	defer n.hashers.Put(h)
	h.said = h.said[:0]
	for _, p := range parts {
		h.said = append(append(h.said, p...), 0)
	}
	h.mac.Reset()
	h.mac.Write(h.said)
	return idEncoding.EncodeToString(h.mac.Sum(h.said[:0]))
}

// Name completes a comment as a connector hands it over: readable text of
// bounded length, ids and version. It is the only place that makes them.
func (n Namer) Name(c Comment, now time.Time) Comment {
	c.Content.Text, c.Truncated = Bound(c.Content.Text, c.Truncated)
	for _, field := range []*string{&c.Content.Author, &c.Content.AuthorID, &c.Content.Link, &c.Content.Title} {
		*field = short(*field)
	}
	if c.Created.IsZero() {
		c.Created = now
	}
	c.ID = n.ID(c.Platform, c.Account, c.Content.Item)
	c.Thread = n.ID(c.Platform, c.Account, c.Content.Post)
	c.Parent = n.ID(c.Platform, c.Account, c.Content.Parent)
	c.Version = n.Version(c.Content.Text)
	c.Seen = now
	return c
}

// maxField is how many bytes of a name, link or title are kept.
const maxField = 1 << 10

func short(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxField {
		return s
	}
	end := maxField
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// Bound makes a text valid UTF-8 of at most MaxText bytes, cut between two
// characters, and tells whether it was cut (or had been already).
func Bound(text string, cut bool) (string, bool) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= MaxText {
		return text, cut
	}
	end := MaxText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end], true
}
