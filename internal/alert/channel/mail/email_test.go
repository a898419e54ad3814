package mail

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
	"triage/internal/alert/mailsink"
)

var emailRow = conform.Kind{Name: "email", To: "dana.private@example.org", Start: startEmail}

// startEmail is the Start of a conform.Kind: a real mail server where it does what real ones do, and a
// played one for what only a broken one says.
func startEmail(t *testing.T, f conform.Fault) (alert.Channel, *conform.Inbox) {
	e := &Email{Host: "127.0.0.1", TLS: "none", From: "Cedar Clinic <alerts@example.org>"}
	in := &conform.Inbox{}
	switch f {
	case conform.Fine, conform.Refused, conform.Untrusted:
		s := mailsink.Start(t, mailsink.Options{User: "cedar", Password: conform.SecretCanary})
		e.TLS, e.Port, e.CAFile, e.User, e.Password = "starttls", s.Port, s.CAFile, "cedar", conform.SecretCanary
		in.Keeper = keptMail{s}
		if f == conform.Refused {
			e.Password = conform.SecretCanary + "wrong"
		}
		if f == conform.Untrusted {
			e.CAFile = ""
		}
	case conform.Nobody:
		e.Port = portOf(t, conform.ClosedPort(t))
	case conform.Deaf:
		e.Port = portOf(t, conform.DeafPort(t))
	default:
		e.Port = portOf(t, brokenServer(t, f))
	}
	in.At = net.JoinHostPort(e.Host, strconv.Itoa(e.Port))
	return openEmail(t, e), in
}

func openEmail(t testing.TB, e *Email) alert.Channel {
	t.Helper()
	if err := e.Validate(); err != nil {
		t.Fatal(err)
	}
	ch, err := e.Open(channel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// keptMail is a conform.Keeper.
type keptMail struct{ sink *mailsink.Sink }

func (k keptMail) Arrived() (out [][]string) {
	for _, m := range k.sink.Messages() {
		out = append(out, []string{m.Subject, m.Text})
	}
	return out
}

func (k keptMail) Clear() { k.sink.Clear() }

func portOf(t testing.TB, at string) int {
	_, port, _ := net.SplitHostPort(at)
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// brokenServer speaks just enough SMTP to fail in this way.
func brokenServer(t testing.TB, f conform.Fault) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			go play(conn, f)
		}
	}()
	return l.Addr().String()
}

// replies are what a server in trouble says, to which command; "" is the greeting. What
// it repeats must not be passed on.
var replies = map[conform.Fault]map[string]string{
	conform.Nonsense: {"": "220 " + conform.AnswerCanary, "DATA": "354 " + conform.AnswerCanary, "RSET": "250 " + conform.AnswerCanary, "QUIT": "500 " + conform.AnswerCanary},
	conform.TooMany:  {"MAIL": "451 4.7.1 " + conform.AnswerCanary + " try later"},
	conform.Broken:   {"": "421 " + conform.AnswerCanary},
	conform.Gone:     {"RCPT": "550 5.1.1 <dana.private@example.org> " + conform.AnswerCanary},
	conform.Slow:     {"DATA": "354 go on", ".": "-"},
	conform.CutOff:   {"DATA": "354 go on", ".": "!"},
}

// play answers on one connection; "-" is silence and "!" the end in the middle of a line.
func play(conn net.Conn, f conform.Fault) {
	say := func(command, otherwise string) bool {
		reply, ok := replies[f][command]
		if !ok {
			reply = otherwise
		}
		switch reply {
		case "-":
			return true
		case "!":
			_, _ = conn.Write([]byte("25"))
			_ = conn.Close()
			return false
		}
		_, err := fmt.Fprintf(conn, "%s\r\n", reply)
		return err == nil
	}
	if !say("", "220 ready") {
		return
	}
	in, data := bufio.NewScanner(conn), false
	for in.Scan() {
		line := in.Text()
		if data && line != "." {
			continue
		}
		command := strings.ToUpper(strings.Fields(line + " -")[0])
		data = command == "DATA"
		if !say(command, "250 ok") {
			return
		}
	}
}

func TestEmailSection(t *testing.T) {
	good := Email{Host: "smtp.example.org", From: "alerts@example.org"}
	for _, c := range []struct {
		change func(*Email)
		wrong  string // the key; empty: nothing is
	}{
		{func(*Email) {}, ""},
		{func(e *Email) { e.TLS, e.Port, e.User, e.Password = "tls", 465, "cedar", "p" }, ""},
		{func(e *Email) { e.TLS, e.Host = "none", "127.0.0.1" }, ""},
		{func(e *Email) { e.From = "Cedar Clinic <alerts@example.org>" }, ""},
		{func(e *Email) { e.Host = "" }, "host"},
		{func(e *Email) { e.Host = "smtp.example.org:587" }, "host"},
		{func(e *Email) { e.Host = "https://smtp.example.org" }, "host"},
		{func(e *Email) { e.Port = 70000 }, "port"},
		{func(e *Email) { e.Port = -1 }, "port"},
		{func(e *Email) { e.TLS = "ssl" }, "tls"},
		{func(e *Email) { e.TLS = "none" }, "tls"},
		{func(e *Email) { e.TLS, e.Host, e.User = "none", "localhost", "cedar" }, "user"},
		{func(e *Email) { e.Password = "p" }, "user"},
		{func(e *Email) { e.From = "" }, "from"},
		{func(e *Email) { e.From = "Cedar Clinic" }, "from"},
		{func(e *Email) { e.From = "alerts@example.org\r\nBcc: all@example.org" }, "from"},
	} {
		e := good
		c.change(&e)
		err := e.Validate()
		if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.HasPrefix(err.Error(), c.wrong+": ")) {
			t.Errorf("%s is wrong: %v", c.wrong, err)
		}
	}
}

func TestMailAddresses(t *testing.T) {
	for address, ok := range map[string]bool{
		"on-call@example.org": true, "dana.o'neil+night@clinic.example.org": true,
		"": false, "dana": false, "dana@": false, "Dana <dana@example.org>": false, "a@example.org, b@example.org": false,
		"a@example.org\r\nBcc: b@example.org": false, " a@example.org": false, `"a b"@example.org`: false,
	} {
		if err := checkMail(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestEmailSecrets(t *testing.T) {
	e := &Email{User: "cedar", PasswordFile: "/run/secret"}
	all := e.Secrets()
	if len(all) != 1 || all[0].Key != "password" || all[0].File != "/run/secret" || !all[0].Needed {
		t.Fatalf("its secrets are %+v", all)
	}
	*all[0].Value = conform.SecretCanary
	if e.Password != conform.SecretCanary {
		t.Error("what is read from a file does not get there")
	}
	if said := fmt.Sprintf("%v %+v %#v %s %v", e, e, *e, *e, []any{e}); strings.Contains(said, conform.SecretCanary) {
		t.Errorf("a formatted section shows its password: %s", said)
	}
	if (&Email{}).Secrets()[0].Needed {
		t.Error("a server that asks for nobody needs a password")
	}
	if (&Email{}).CheckTo("dana@example.org") != nil || (&Email{}).CheckTo("+15550100") == nil || (&Email{}).CheckTo("") == nil {
		t.Error("an address is judged wrongly")
	}
}

// TestEmailOpensOnlyWithItsAuthority: a file that is not there is known at the start.
func TestEmailOpensOnlyWithItsAuthority(t *testing.T) {
	e := &Email{Host: "smtp.example.org", From: "alerts@example.org", CAFile: filepath.Join(t.TempDir(), "ca.pem")}
	if _, err := e.Open(channel.Options{}); err == nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it opens: %v", err)
	}
	if failed := failsToPost(t, e, Letter{To: "dana@example.org"}); !failed.Final || !strings.Contains(failed.Why, "ca_file") {
		t.Errorf("a file that is gone since the start: %v", failed)
	}
}

func failsToPost(t testing.TB, e *Email, l Letter) *alert.Failure {
	t.Helper()
	err := e.Post(t.Context(), l)
	failed, ok := errors.AsType[*alert.Failure](err)
	if !ok {
		t.Fatalf("this is no failure: %v", err)
	}
	return failed
}
