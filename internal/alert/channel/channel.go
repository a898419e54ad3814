// Package channel holds what the providers that reach people have in common: how a
// section is checked, a request sent and its answer judged, and what of an error may be
// said. The kinds are in the packages below it: mail, phone, chat and incident; the
// terminal, which has no provider, is here.
//
// A channel tries once and says in a sentence why it failed and what to do; it decides
// neither who is told nor when, and the words are those of the notice.
package channel

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"triage/internal/alert"
)

// Options is what a channel needs beside its section.
type Options struct {
	// Now is the clock; nil: the machine's.
	Now func() time.Time
	// HTTP carries the requests; nil: a client of the channel's own, which checks
	// certificates and waits no longer than LongestCall.
	HTTP *http.Client
}

func (o Options) now() func() time.Time {
	if o.Now == nil {
		return time.Now
	}
	return o.Now
}

// Secret is a key of a section that is given as it is or as a file that holds it: KEY or
// KEY_file.
type Secret struct {
	// Key is its name in the section, such as "token".
	Key string
	// Value is where the section keeps it, and File what was given as KEY_file.
	Value *string
	File  string
	// Needed: without it the section is of no use.
	Needed bool
}

// Section is what the configuration says of one channel. Its errors are sentences,
// "KEY: what is wrong: what to write", and repeat no value.
type Section interface {
	// Validate says what is wrong first. Secrets may still be in their files.
	Validate() error
	// Secrets are the keys that may be given as files.
	Secrets() []Secret
	// CheckTo says whether an address is one on this channel: a phone number, a mail
	// address, or empty where the kind takes none. The error has no key.
	CheckTo(address string) error
	// Open makes the channel, without its name.
	Open(o Options) (alert.Channel, error)
}

// CheckBase says what is wrong with a provider's address; empty is right, for there is a
// default. The value is not repeated.
func CheckBase(key, value string) error {
	u, err := url.Parse(value)
	switch {
	case value == "":
		return nil
	case err != nil || u.RawQuery != "" || u.ForceQuery:
		return fmt.Errorf("%s: it is not an address alone: write a scheme and a host, such as https://alerts.example.org", key)
	}
	return CheckURL(key, value)
}

// CheckURL is CheckBase for an address that may say more, such as a webhook's. It must be
// there.
func CheckURL(key, value string) error {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return fmt.Errorf("%s: it is not a web address without a user name: copy it whole, from https:// on", key)
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%s: it is not encrypted: use https; plain http only to this machine, such as http://127.0.0.1:8080", key)
}

// Loopback says whether a host, without a port, is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// CheckHook is CheckURL of the key url for an address that may still be in its file.
func CheckHook(url string) error {
	if url == "" {
		return nil
	}
	return CheckURL("url", url)
}

// TakesNone is CheckTo for a kind whose section says all.
func TakesNone(address string) error {
	if address != "" {
		return errors.New("it takes no address, for the provider knows whom to tell: leave it out")
	}
	return nil
}

// BaseOr is a provider's address without a slash at its end: base, or usual where base
// is empty.
func BaseOr(base, usual string) string {
	return strings.TrimRight(cmp.Or(base, usual), "/")
}

// Link is the one link of a notice, that of its loudest message; empty: there is none.
func Link(n alert.Notice) string {
	return strings.TrimSpace(strings.TrimPrefix(n.Short(), n.Title()))
}

// CutBytes shortens s to n bytes at a rune; what is cut ends in "…".
func CutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len("…")
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// CutRunes shortens s to n characters; what is cut ends in "…".
func CutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
