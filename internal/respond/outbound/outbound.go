// Package outbound looks after what the practice itself has published: it holds
// what was said long ago against the gate (Sweep), and follows what must go until
// the platform itself shows that it is gone or corrected (Watch).
//
// It deletes nothing and decides nothing: people do, at the desk.
package outbound

import (
	"slices"
	"strings"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// Codes of what reading a reply of ours back showed. The first two end a case and
// are in its history; all are in the audit, each with a Finding as its note.
const (
	Removed   = "removed"   // it is gone, and what stands beside it is not
	Corrected = "corrected" // it says something else now, which may be said
	Online    = "read-online"
	Back      = "back-online" // it was gone or corrected, and is not any more
)

// Finding is what the platform showed when a reply was read back. It holds keyed
// hashes and codes, no words, and becomes the note of an entry in the audit.
type Finding struct {
	// Before is the keyed hash of the words that must go, After that of what stands
	// there now; "none": nothing does.
	Before, After string
	// Answer is the platform's own code: "200" where it showed the reply.
	Answer string
	// Rules are those that the words break; empty where that was said before.
	Rules []string
}

// none is Finding.After where nothing stands there any more.
const none = "none"

// String is the form in the audit: at most 256 bytes.
func (f Finding) String() string {
	var parts []string
	for _, p := range [][2]string{{"before", f.Before}, {"now", f.After}, {"answer", bounded(f.Answer)}, {"rules", strings.Join(f.Rules, ",")}} {
		if p[1] != "" {
			parts = append(parts, p[0]+"="+p[1])
		}
	}
	return strings.Join(parts, " ")
}

// answerMost is how much of a platform's code is kept: one is short.
const answerMost = 40

// bounded is a platform's code without what no code has: a platform writes it.
func bounded(code string) string {
	code = strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("_./-", r)) {
			return r
		}
		return '-'
	}, code)
	return code[:min(len(code), answerMost)]
}

// ParseFinding reads what String wrote.
func ParseFinding(note string) (f Finding) {
	for _, part := range strings.Fields(note) {
		switch key, value, _ := strings.Cut(part, "="); key {
		case "before":
			f.Before = value
		case "now":
			f.After = value
		case "answer":
			f.Answer = value
		case "rules":
			f.Rules = strings.Split(value, ",")
		}
	}
	return f
}

// Client reads one account.
type Client interface {
	ingest.Source
	ingest.Account
}

// Proven reports whether the platform itself showed that what the case is about is
// gone or corrected. A light form of the case will do.
func Proven(c *respond.Case) bool {
	for i := len(c.History) - 1; i >= 0; i-- {
		if e := c.History[i]; e.Step() {
			return e.Do == Removed || e.Do == Corrected
		}
	}
	return false
}

// Left reports whether somebody who may decided to leave it online.
func Left(c *respond.Case) bool { return lastDecision(c) == "dismissed" && c.Settled() }

func lastDecision(c *respond.Case) string {
	for i := len(c.History) - 1; i >= 0; i-- {
		if e := c.History[i]; e.Decides() {
			return e.Do
		}
	}
	return ""
}

// mended reports whether the case is about words that the rules let pass: the reply
// was corrected, and the poller noticed first.
func mended(c respond.Case) bool {
	for _, e := range slices.Backward(c.History) {
		switch e.Do {
		case "edited":
			return true
		case "opened", Back:
			return false
		}
	}
	return false
}

// Broken are the names of the rules that the words of a case break, each once.
func Broken(c respond.Case) (out []string) {
	for _, r := range c.Judgement.Reasons {
		if !slices.Contains(out, r.Kind) {
			out = append(out, r.Kind)
		}
	}
	return out
}
