package channel_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

func TestAddressesOfProviders(t *testing.T) {
	for _, c := range []struct {
		value     string
		base, url bool
	}{
		{"", true, false},
		{"https://alerts.example.org", true, true},
		{"https://alerts.example.org/team/a", true, true},
		{"https://alerts.example.org/hook?key=a", false, true},
		{"https://alerts.example.org?", false, true},
		{"http://127.0.0.1:8080", true, true}, {"http://[::1]:8080", true, true}, {"http://localhost", true, true},
		{"http://alerts.example.org", false, false},
		{"http://127.0.0.1.example.org", false, false},
		{"https://user:password@alerts.example.org", false, false},
		{"https://alerts.example.org/#a", false, false},
		{"alerts.example.org", false, false}, {"https://", false, false}, {"file:///etc/passwd", false, false}, {"https://a b", false, false},
	} {
		if err := channel.CheckBase("base_url", c.value); (err == nil) != c.base {
			t.Errorf("base %q: %v", c.value, err)
		}
		err := channel.CheckURL("url", c.value)
		if (err == nil) != c.url {
			t.Errorf("url %q: %v", c.value, err)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "url: ") || len(c.value) > 8 && strings.Contains(err.Error(), c.value)) {
			t.Errorf("%q: this is not to be said: %v", c.value, err)
		}
	}
}

func TestCutting(t *testing.T) {
	for _, s := range []string{"", "abc", "naïve – ünïcode 🚑 text", strings.Repeat("🚑", 50)} {
		for n := len("…"); n < 60; n++ {
			if got := channel.CutBytes(s, n); len(got) > n || !utf8.ValidString(got) || (got != s) != (len(s) > n) {
				t.Errorf("%q to %d bytes is %q", s, n, got)
			}
			if got := channel.CutRunes(s, n); utf8.RuneCountInString(got) > n || (got != s) != (utf8.RuneCountInString(s) > n) {
				t.Errorf("%q to %d characters is %q", s, n, got)
			}
		}
	}
}

// TestRedact: of an error its kind is kept, and nothing that it repeats.
func TestRedact(t *testing.T) {
	in := func(err error) error {
		return fmt.Errorf("send to %s: %w", conform.SecretCanary, &url.Error{Op: "Post", URL: "https://x/" + conform.SecretCanary, Err: err})
	}
	for _, c := range []struct {
		err  error
		want string
		is   error
	}{
		{in(context.DeadlineExceeded), "context deadline exceeded", context.DeadlineExceeded},
		{in(context.Canceled), "context canceled", context.Canceled},
		{in(io.EOF), "EOF", io.EOF},
		{in(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), "connection refused", syscall.ECONNREFUSED},
		{in(&net.DNSError{Err: "no such host", Name: conform.SecretCanary, IsNotFound: true}), "name lookup failed (not found: true, timeout: false)", nil},
		{in(x509.HostnameError{Host: conform.SecretCanary, Certificate: &x509.Certificate{}}), "certificate: it is for another name", nil},
		{in(x509.CertificateInvalidError{Reason: x509.Expired, Detail: conform.SecretCanary, Cert: &x509.Certificate{}}), "certificate: it has expired or is not valid yet", nil},
		{in(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign, Cert: &x509.Certificate{}}), "certificate: it may not be used for this", nil},
		{in(x509.UnknownAuthorityError{Cert: &x509.Certificate{}}), "certificate: nobody we trust has signed it", nil},
		{in(&tls.CertificateVerificationError{Err: errors.New(conform.SecretCanary)}), "certificate: it is not trusted", nil},
		{in(errors.New(conform.SecretCanary)), "*errors.errorString", nil},
	} {
		got := channel.Redact(c.err)
		if got.Error() != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
		if c.is != nil && !errors.Is(got, c.is) {
			t.Errorf("%v cannot be told any more", c.is)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", got, got, got), conform.SecretCanary) {
			t.Errorf("it holds the secret: %#v", got)
		}
	}
	if channel.Redact(nil) != nil {
		t.Error("no error is an error")
	}
}
