package mail

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// mailer sends notices as letters.
type mailer struct{ email *Email }

// Notify implements alert.Notifier.
func (m mailer) Notify(ctx context.Context, n alert.Notice) error {
	l := Letter{To: n.To, Subject: n.Title(), Text: n.Text(), ID: n.ID, At: n.At, Urgent: n.Severity() == alert.Page}
	for _, m := range n.Messages {
		l.About = append(l.About, "incident-"+m.Incident)
	}
	return m.email.Post(ctx, l)
}

// mostAbout is how many letters one refers to at most, for the header has a longest
// line (RFC 5322, 2.1.1).
const mostAbout = 8

// write makes the message. It is marked as made by a machine, so that nobody's absence
// notice answers it (RFC 3834).
func (e *Email) write(l Letter) (*gomail.Msg, error) {
	from, err := mail.ParseAddress(e.From)
	msg := gomail.NewMsg()
	if err = errors.Join(err, msg.From(e.From)); err != nil {
		return nil, &alert.Failure{Why: "the sender is not a mail address: check from in the mail server's section", Final: true}
	}
	if checkMail(l.To) != nil || msg.To(l.To) != nil {
		return nil, &alert.Failure{Why: "the address is not a mail address: check it in the configuration, where people and the team are", Final: true, Address: true}
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	msg.Subject(strings.Join(strings.Fields(l.Subject), " ")) // one line
	msg.SetMessageIDWithValue(letterID(l.ID) + "@" + domain)
	if l.At.IsZero() {
		l.At = time.Now()
	}
	msg.SetDateWithValue(l.At)
	msg.SetUserAgent("triage")
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	if l.Urgent {
		msg.SetGenHeader("Importance", "high") // RFC 4021; the others are what programs look at
		msg.SetGenHeader("Priority", "urgent")
		msg.SetGenHeader("X-Priority", "1")
	}
	if about := references(l.About, domain); len(about) > 0 {
		msg.SetGenHeader("In-Reply-To", about[0])
		msg.SetGenHeader("References", strings.Join(about, " "))
	}
	msg.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	return msg, nil
}

// references names the beginnings of threads; none was ever sent, which programs know
// how to show (RFC 5256).
func references(about []string, domain string) []string {
	var out []string
	for _, id := range about[:min(len(about), mostAbout)] {
		out = append(out, "<"+letterID(id)+"@"+domain+">")
	}
	return out
}

// letterID makes of an ID what may stand in a Message-ID, always the same.
func letterID(id string) string {
	plain := id != "" && len(id) <= 64
	for _, c := range id {
		plain = plain && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}
	if plain {
		return id
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(id)))[:40]
}

// failure says why a letter was not taken. A reply of 4yz passes, of 5yz does not
// (RFC 5321, 4.2.1).
func (e *Email) failure(ctx context.Context, err error) *alert.Failure {
	if ctx.Err() != nil {
		return channel.Unanswered("the mail server", ctx.Err())
	}
	code, step := reply5321(err)
	switch text := err.Error(); { // the library has no names for these; nothing of the text is kept
	case code >= 400:
		return &alert.Failure{Why: letterWhy(code, step), Final: code >= 500, Address: code >= 500 && step == addressing, Cause: fmt.Errorf("SMTP reply %d (%s)", code, step)}
	case strings.Contains(text, "does not support STARTTLS"):
		return &alert.Failure{Why: "the mail server does not offer encryption (STARTTLS), and mail is not sent without: check host and port, or write tls = \"tls\"", Final: true}
	case strings.Contains(text, "SMTP AUTH"), errors.Is(err, gomail.ErrNoSupportedAuthDiscovered):
		return &alert.Failure{Why: "the mail server knows no way to sign in that we know: check host and port, or leave user out if it asks for none", Final: true}
	}
	return channel.Unanswered("the mail server", err)
}

// steps are what was going on when the server refused, as causes name it.
const (
	signingIn  = "sign-in"
	sending    = "sender"
	addressing = "recipient"
	talking    = "message"
)

// reply5321 is the server's reply in an error, and what it was to; 0: there is none.
func reply5321(err error) (code int, step string) {
	if sent, ok := errors.AsType[*gomail.SendError](err); ok {
		switch sent.Reason {
		case gomail.ErrSMTPMailFrom:
			step = sending
		case gomail.ErrSMTPRcptTo:
			step = addressing
		default:
			step = talking
		}
		return sent.ErrorCode(), step
	}
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		if strings.Contains(err.Error(), "SMTP AUTH failed") {
			return said.Code, signingIn
		}
		return said.Code, talking
	}
	return 0, ""
}

// letterWhy says what a reply means and what to do.
func letterWhy(code int, step string) string {
	switch {
	case code < 500:
		return "the mail server asks to come back later: it is tried again; if it lasts, ask who runs it"
	case code == 530 || code == 550 && step == sending:
		return "the mail server lets only known users send: check user, password and from"
	case step == signingIn:
		return "the mail server refused the user or password: check both, they may have been changed, or it wants an app password"
	case step == addressing:
		return "the mail server does not take mail for this address: check it in the configuration, where people and the team are"
	case step == sending:
		return "the mail server does not let us send as this sender: check from"
	}
	return "the mail server refused the message: ask who runs it whether this machine may send mail there"
}
