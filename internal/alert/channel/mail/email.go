// Package mail is the channel of a mail server; its letters carry the summaries too.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Email is the section of a mail server that takes what we send (SMTP, RFC 5321 and
// 6409). Its addresses are those of people.
type Email struct {
	// Host is the server's name, as its certificate has it.
	Host string `toml:"host"`
	// Port is where it listens; 0: 587, or 465 with tls = "tls", or 25 with "none".
	Port int `toml:"port"`
	// TLS is "starttls", so that nothing is sent where the server does not offer it,
	// "tls" from the first byte (RFC 8314), or "none", only to this machine; empty:
	// "starttls".
	TLS string `toml:"tls"`
	// User and Password are what the server knows us by; empty: it asks for none. The
	// password or the file it is in is set.
	User         string `toml:"user"`
	Password     string `toml:"password"`
	PasswordFile string `toml:"password_file"`
	// From is the sender: an address, perhaps with a name, as in
	// "Cedar Clinic <alerts@example.org>".
	From string `toml:"from"`
	// CAFile names a file of certificates in PEM format that are trusted instead of the
	// system's.
	CAFile string `toml:"ca_file"`
}

// Validate says what is wrong with the section first. Passwords are not looked at and no
// value is repeated.
func (e *Email) Validate() error {
	switch {
	case e.Host == "" || strings.ContainsAny(e.Host, ":/@ "):
		return errors.New("host: it is not the name of a mail server: write it alone, such as smtp.example.org")
	case e.Port < 0 || e.Port > 65535:
		return errors.New("port: it is not a port: write 587, or 465 with tls = \"tls\", or leave it out")
	case e.TLS != "" && e.TLS != "starttls" && e.TLS != "tls" && e.TLS != "none":
		return errors.New("tls: it is not known: write \"starttls\" or \"tls\"")
	case e.TLS == "none" && !channel.Loopback(e.Host):
		return errors.New("tls: mail must be encrypted on its way: write \"starttls\" or \"tls\"; \"none\" only for this machine")
	case e.TLS == "none" && e.User != "":
		return errors.New("user: a password would be sent unencrypted: leave user out, or write tls = \"starttls\"")
	case e.User == "" && (e.Password != "" || e.PasswordFile != ""):
		return errors.New("user: there is a password for nobody: write the user's name, or leave the password out")
	}
	if a, err := mail.ParseAddress(e.From); err != nil || checkMail(a.Address) != nil {
		return errors.New("from: it is not a mail address: write the sender, such as alerts@example.org")
	}
	return nil
}

// Secrets are the keys that may be given as files.
func (e *Email) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "password", Value: &e.Password, File: e.PasswordFile, Needed: e.User != ""}}
}

// CheckTo says whether this is an address on this channel: one mail address.
func (e *Email) CheckTo(address string) error { return checkMail(address) }

// Format keeps the password out of every formatted string, whatever the verb.
func (e Email) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[email section]") }

// Open returns the channel. An error is in ca_file.
func (e *Email) Open(channel.Options) (alert.Channel, error) {
	if _, err := channel.Authorities(e.CAFile); err != nil {
		return alert.Channel{}, err
	}
	return alert.Channel{Kind: "email", Notifier: mailer{e}}, nil
}

// checkMail says whether s is one mail address and nothing else, as RFC 5321 knows it.
func checkMail(s string) error {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || strings.ContainsAny(s, "\r\n\"") {
		return errors.New("it is not a mail address: write one alone, such as on-call@example.org")
	}
	return nil
}

// Letter is a mail.
type Letter struct {
	// To is one mail address.
	To, Subject string
	// Text is what it says, and HTML the same for who reads it so; empty: text alone.
	Text, HTML string
	// ID makes its Message-ID: a letter that is sent again has the same.
	ID string
	// At is its date; zero: now.
	At time.Time
	// Urgent asks the reader's program to say so.
	Urgent bool
	// About are the IDs of what it belongs to, so that such letters are shown together.
	About []string
}

// Post sends a letter once. An error is an *alert.Failure.
func (e *Email) Post(ctx context.Context, l Letter) error {
	msg, err := e.write(l)
	if err != nil {
		return err
	}
	roots, err := channel.Authorities(e.CAFile)
	if err != nil {
		return &alert.Failure{Why: "the file of certificates (ca_file) cannot be used: check that it is there and readable", Final: true}
	}
	d := dialer{ctx: ctx, tls: &tls.Config{ServerName: e.Host, RootCAs: roots, MinVersion: tls.VersionTLS12}, implicit: e.TLS == "tls"}
	defer d.done()
	client, err := gomail.NewClient(e.Host, e.options(&d)...)
	if err != nil {
		return &alert.Failure{Why: "the mail server's section cannot be used: check host, port and tls", Final: true, Cause: channel.Redact(err)}
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil && !msg.IsDelivered() {
		return e.failure(ctx, err)
	}
	return nil // it was taken, even where the goodbye went wrong
}

// options are the library's for this section.
func (e *Email) options(d *dialer) []gomail.Option {
	port, policy := 587, gomail.TLSMandatory
	switch e.TLS {
	case "tls":
		port, policy = 465, gomail.NoTLS // it stands already
	case "none":
		port, policy = 25, gomail.NoTLS
	}
	if e.Port != 0 {
		port = e.Port
	}
	options := []gomail.Option{gomail.WithPort(port), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(d.tls), gomail.WithTimeout(channel.LongestCall),
		gomail.WithDialContextFunc(d.dial), gomail.WithoutNoop()}
	if e.User != "" {
		options = append(options, gomail.WithUsername(e.User), gomail.WithPassword(e.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}

// dialer connects, and cuts the connection when ctx ends: the library looks at ctx only
// while it connects.
type dialer struct {
	ctx      context.Context
	tls      *tls.Config
	implicit bool
	stop     func() bool
}

func (d *dialer) dial(ctx context.Context, network, at string) (net.Conn, error) {
	var conn net.Conn
	var err error
	if d.implicit {
		conn, err = (&tls.Dialer{Config: d.tls}).DialContext(ctx, network, at)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, at)
	}
	if err != nil {
		return nil, err
	}
	d.stop = context.AfterFunc(d.ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)); _ = conn.Close() })
	return conn, nil
}

func (d *dialer) done() {
	if d.stop != nil {
		d.stop()
	}
}
