package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/channel/conform"
	"triage/internal/alert/mailsink"
)

// to is the section for a sink.
func to(s *mailsink.Sink) *Email {
	return &Email{Host: s.Host, Port: s.Port, From: "Cedar Clinic <alerts@example.org>", CAFile: s.CAFile}
}

// TestEmailArrives looks at a letter as a mail server has it.
func TestEmailArrives(t *testing.T) {
	s := mailsink.Start(t, mailsink.Options{})
	ch := openEmail(t, to(s))
	first := conform.Notice("dana@example.org", conform.Message(alert.New, alert.Page, 2))
	again := conform.Notice("dana@example.org", conform.Message(alert.Still, alert.Page, 2))
	again.ID = "pager 18/dana" // not fit for a header as it is
	over := conform.Notice("dana@example.org", conform.Message(alert.Over, alert.Page, 2), conform.Message(alert.New, alert.Tell, 3))
	over.ID = ""
	for _, n := range []alert.Notice{first, first, again, over} {
		if err := ch.Notify(t.Context(), n); err != nil {
			t.Fatal(err, errors.Unwrap(err))
		}
	}
	got := s.Messages()
	if len(got) != 4 {
		t.Fatalf("%d letters arrived", len(got))
	}
	m := got[0]
	if m.Subject != first.Title() || strings.ReplaceAll(strings.TrimSpace(m.Text), "\r\n", "\n") != strings.TrimSpace(first.Text()) {
		t.Errorf("it says %q: %q", m.Subject, m.Text)
	}
	if !slices.Equal(m.To, []string{"dana@example.org"}) {
		t.Errorf("it goes to %v", m.To)
	}
	for header, want := range map[string]string{"Auto-Submitted": "auto-generated", "Message-Id": "<notice-17@example.org>", "Importance": "high", "X-Priority": "1", "Priority": "urgent",
		"References": "<incident-abcdefghijklmnopqrst2@example.org>", "In-Reply-To": "<incident-abcdefghijklmnopqrst2@example.org>",
		"From": `"Cedar Clinic" <alerts@example.org>`, "X-Auto-Response-Suppress": "All"} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s is %q, not %q", header, got, want)
		}
	}
	if at, err := m.Header.Date(); err != nil || !at.Equal(conform.Noon) {
		t.Errorf("it is of %v (%v)", at, err)
	}
	if id := got[1].Header.Get("Message-Id"); id != m.Header.Get("Message-Id") {
		t.Errorf("tried again it is another letter: %s", id)
	}
	if again := got[2].Header; again.Get("Message-Id") == m.Header.Get("Message-Id") || again.Get("References") != m.Header.Get("References") {
		t.Errorf("a repetition is not shown beside the first: %v", again)
	}
	last := got[3].Header
	if last.Get("Importance") != "" || strings.Count(last.Get("References"), "@") != 2 {
		t.Errorf("what is over is urgent, or alone: %v", last)
	}
}

// TestEmailIsEncrypted: in every way of it with a password, and never in plain where that
// was not written.
func TestEmailIsEncrypted(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		s := mailsink.Start(t, mailsink.Options{Implicit: implicit, User: "cedar", Password: "passwörd+/=:"})
		e := to(s)
		e.TLS, e.User, e.Password = map[bool]string{false: "", true: "tls"}[implicit], "cedar", "passwörd+/=:"
		if err := e.Post(t.Context(), Letter{To: "dana@example.org", Subject: "Hello", Text: "Nothing.\n"}); err != nil || len(s.Messages()) != 1 {
			t.Errorf("from the first byte %v: %v (%v), %d letters", implicit, err, errors.Unwrap(err), len(s.Messages()))
		}
		e.User, e.Password = "", ""
		if f := failsToPost(t, e, Letter{To: "dana@example.org"}); !f.Final || !strings.Contains(f.Why, "only known users") {
			t.Errorf("without a user: %+v %v", f, f.Cause)
		}
	}
	plain := mailsink.Start(t, mailsink.Options{Plain: true})
	e := to(plain)
	if f := failsToPost(t, e, Letter{To: "dana@example.org"}); !f.Final || !strings.Contains(f.Why, "does not offer encryption") {
		t.Errorf("a server without encryption: %+v", f)
	}
	e.TLS = "tls"
	if f := failsToPost(t, e, Letter{To: "dana@example.org"}); !f.Final || !strings.Contains(f.Why, "TLS") {
		t.Errorf("a server without encryption: %+v", f)
	}
	if len(plain.Messages()) != 0 {
		t.Error("it was sent in plain")
	}
	e.TLS = "starttls"
	e.User, e.Password = "cedar", "password"
	if f := failsToPost(t, e, Letter{To: "dana@example.org"}); !f.Final {
		t.Errorf("a password for a server without encryption: %+v", f)
	}
}

// TestEmailReplies is the table of what a server's replies mean, said by a real one.
func TestEmailReplies(t *testing.T) {
	s := mailsink.Start(t, mailsink.Options{User: "cedar", Password: "password"})
	e := to(s)
	e.User, e.Password = "cedar", "password"
	for _, c := range []struct {
		step  string
		code  int
		final bool
		says  string
	}{
		{"Authentication", 454, false, "later"}, {"Authentication", 535, true, "app password"},
		{"Sender", 451, false, "later"}, {"Sender", 530, true, "known users"}, {"Sender", 553, true, "check from"},
		{"Recipient", 450, false, "later"}, {"Recipient", 452, false, "later"}, {"Recipient", 550, true, "for this address"},
	} {
		s.Refuse(c.step, c.code)
		f := failsToPost(t, e, Letter{To: "dana@example.org", ID: "a"})
		if f.Address != (c.step == "Recipient" && c.final) {
			t.Errorf("%s %d: about the address %v", c.step, c.code, f.Address)
		}
		if f.Final != c.final || !strings.Contains(f.Why, c.says) || !strings.Contains(fmt.Sprint(f.Cause), fmt.Sprint(c.code)) {
			t.Errorf("%s %d: final %v: %s (%v)", c.step, c.code, f.Final, f.Why, f.Cause)
		}
	}
	s.Refuse("", 0)
	if err := e.Post(t.Context(), Letter{To: "dana@example.org", ID: "a"}); err != nil {
		t.Errorf("when it takes mail again: %v", err)
	}
	if got := len(s.Messages()); got != 1 {
		t.Errorf("%d letters arrived, one was taken", got)
	}
}

// TestEmailServerDownAndBack: what fails while it is down is not final, and its return
// is enough.
func TestEmailServerDownAndBack(t *testing.T) {
	s := mailsink.Start(t, mailsink.Options{})
	e := to(s)
	s.Stop()
	if f := failsToPost(t, e, Letter{To: "dana@example.org"}); f.Final {
		t.Errorf("a server that is down: %+v", f)
	}
	s.Again()
	if err := e.Post(t.Context(), Letter{To: "dana@example.org"}); err != nil || len(s.Messages()) != 1 {
		t.Errorf("a server that is back: %v", err)
	}
}

// TestEmailTakesTooLong: the log knows that it was the time, though the connection was cut
// for it.
func TestEmailTakesTooLong(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), conform.Patience)
	defer cancel()
	e := &Email{Host: "127.0.0.1", TLS: "none", Port: portOf(t, brokenServer(t, conform.Slow)), From: "alerts@example.org"}
	if err := e.Post(ctx, Letter{To: "dana@example.org"}); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(alert.WhyOf(err), "in time") {
		t.Errorf("a server that takes too long: %v (%v)", err, errors.Unwrap(err))
	}
}

// TestLetterInTwoForms is what a digest is.
func TestLetterInTwoForms(t *testing.T) {
	s := mailsink.Start(t, mailsink.Options{})
	l := Letter{To: "dana@example.org", Subject: "Morgenübersicht:\r\nBcc: all@example.org", ID: "digest-2031-03-04",
		Text: "Ünïcode – 🚑\n" + strings.Repeat("long ", 400) + "\n.\nafter a dot", HTML: "<p>Ünïcode – 🚑</p>"}
	before := time.Now()
	if err := to(s).Post(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	m := s.Messages()[0]
	if want := strings.TrimSpace(l.Text); strings.TrimSpace(strings.ReplaceAll(m.Text, "\r\n", "\n")) != want || strings.TrimSpace(m.HTML) != l.HTML {
		t.Errorf("it says %q and %q", m.Text, m.HTML)
	}
	if m.Subject != "Morgenübersicht: Bcc: all@example.org" || m.Header.Get("Bcc") != "" || len(m.To) != 1 {
		t.Errorf("the subject gets into the headers: %v", m.Header)
	}
	if at, err := m.Header.Date(); err != nil || at.Before(before.Truncate(time.Second)) {
		t.Errorf("it is of %v", at)
	}
	if m.Header.Get("Importance") != "" || m.Header.Get("References") != "" {
		t.Errorf("a digest is no alert: %v", m.Header)
	}
	for line := range strings.SplitSeq(m.Raw, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line has %d bytes", len(line))
		}
	}
}

// TestManyIncidentsInOneLetter: headers stay within what servers take.
func TestManyIncidentsInOneLetter(t *testing.T) {
	s := mailsink.Start(t, mailsink.Options{})
	n := conform.Notice("dana@example.org")
	for i := range 500 {
		n.Messages = append(n.Messages, conform.Message(alert.New, alert.Page, i))
	}
	if err := openEmail(t, to(s)).Notify(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(s.Messages()[0].Header.Get("References"), "<"); got != mostAbout {
		t.Errorf("it refers to %d", got)
	}
}

// TestWrongAddressesAreOurs: what cannot be an address is known before anything is sent.
func TestWrongAddressesAreOurs(t *testing.T) {
	e := &Email{Host: "127.0.0.1", Port: 1, From: "alerts@example.org"}
	for _, address := range []string{"", "dana", "Dana <dana@example.org>", "dana@example.org\r\nRCPT TO:<all@example.org>"} {
		if f := failsToPost(t, e, Letter{To: address}); !f.Final || !strings.Contains(f.Why, "check it in the configuration") {
			t.Errorf("%q: %+v", address, f)
		}
	}
	e.From = "nobody"
	if f := failsToPost(t, e, Letter{To: "dana@example.org"}); !f.Final || !strings.Contains(f.Why, "check from") {
		t.Errorf("a sender that is none: %+v", f)
	}
}

func TestLetterIDs(t *testing.T) {
	seen := map[string]string{}
	for _, id := range []string{"notice-17", "a/b", "a b", "", "<x@y>", strings.Repeat("long", 40), "a\r\nb"} {
		got := letterID(id)
		if got != letterID(id) || seen[got] != "" {
			t.Errorf("%q and %q are both %q", id, seen[got], got)
		}
		seen[got] = "." + id
		if _, err := mail.ParseAddress(got + "@example.org"); err != nil || len(got) > 64 {
			t.Errorf("%q is no name in a Message-ID: %q", id, got)
		}
	}
}
