package channel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
)

// Redact makes of an error what may be logged: its kind, by a list of those that are
// known. All else of it is left out, for the errors of libraries repeat addresses,
// tokens and answers. What errors.Is found of a context, a system call or an end of
// file, it still finds.
func Redact(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{context.DeadlineExceeded, context.Canceled, io.ErrUnexpectedEOF, io.EOF} {
		if errors.Is(err, known) {
			return known
		}
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Errorf("name lookup failed (not found: %v, timeout: %v)", name.IsNotFound, name.IsTimeout)
	}
	if why := certificate(err); why != "" {
		return errors.New("certificate: " + why)
	}
	if wait, ok := errors.AsType[net.Error](err); ok && wait.Timeout() {
		return errors.New("time ran out")
	}
	return fmt.Errorf("%T", innermost(err))
}

// certificate says what is wrong with the certificate of whom we spoke to; empty: err is
// about something else.
func certificate(err error) string {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "it is for another name"
	}
	if bad, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if bad.Reason == x509.Expired {
			return "it has expired or is not valid yet"
		}
		return "it may not be used for this"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "nobody we trust has signed it"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "it is not trusted"
	}
	return ""
}

// innermost is the error that others wrap, whose type tells the most.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
