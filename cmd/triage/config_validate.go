package main

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap/zapcore"

	"triage/internal/ingest/file"
	"triage/internal/respond"
)

// validate looks at what the types of the keys cannot say.
func (c *config) validate() (errs []error) {
	bad := func(key, format string, args ...any) { errs = append(errs, c.fault(key, format, args...)) }
	if err := c.Practice.Validate(); err != nil {
		bad("practice", "%s", strings.TrimPrefix(err.Error(), "practice: "))
	}
	c.validateReview(bad)
	c.validateSignIn(bad)
	c.validateLive(bad)
	c.validateNATS(bad)
	c.validateAlerts(bad)
	if n := c.Data.MaxStore.bytes; n != 0 && n < leastStore {
		bad("data.max_store", "it is too small to work with: at least 1MiB")
	}
	if _, err := zapcore.ParseLevel(c.Log.Level); err != nil {
		bad("log.level", "%q is no level: write debug, info, warn or error", c.Log.Level)
	}
	return append(append(errs, c.validateTemplates()...), c.validateAccounts()...)
}

// faults takes what is wrong with a key.
type faults func(key, format string, args ...any)

func (c *config) validateReview(bad faults) {
	host, _, err := net.SplitHostPort(c.Review.Addr)
	if err != nil {
		bad("review.addr", "%q is no address: write host:port, such as \"127.0.0.1:8480\"", c.Review.Addr)
	}
	if err == nil && !isLoopback(host) {
		switch u, err := url.Parse(c.Review.URL); {
		case c.Review.URL == "":
			bad("review.url", "it is needed where review.addr is not this machine only: write how staff reach the page, such as \"https://triage.practice.example\"")
		case err == nil && u.Scheme == "http" && !c.Review.PlainHTTP:
			bad("review.url", "passwords and comments would cross the network in plain: put a proxy with https before the page and write its https address; or set plain_http where something else keeps it private, such as a container's port on 127.0.0.1")
		}
	}
	if c.Review.TrustedProxy != "" && net.ParseIP(c.Review.TrustedProxy) == nil {
		bad("review.trusted_proxy", "%q is no IP address: write the proxy's, such as \"127.0.0.1\"", c.Review.TrustedProxy)
	}
}

// validateLive looks at what may also be changed while the service runs.
func (c *config) validateLive(bad faults) {
	for key, err := range map[string]error{
		"posting.mode": checkMode(c.Posting.Mode), "posting.daily_cap": checkCap(c.Posting.DailyCap),
		"posting.automatic":  inEntries(asAutomatic, c.Posting.Automatic),
		"posting.thread_cap": checkThreadCap(c.Posting.ThreadCap), "posting.quiet": c.checkQuiet(), "practice.zone": c.checkZone(),
		"posting.undo": checkUndo(c.Posting.Undo.Duration), "posting.read_back": c.checkReadBack(c.Posting.ReadBack.Duration),
		"retention.unflagged": checkKept(c.Retention.Unflagged.Duration), "retention.decided": checkKept(c.Retention.Decided.Duration),
		"classify.catch": checkCatch(c.Classify.Catch), "classify.sample": checkSample(c.Classify.Sample),
		"classify.terms": inEntries(asTerms, c.Classify.Terms), "alerts.lanes": inEntries(asLouder, c.Alerts.Lanes),
	} {
		if err != nil {
			bad(key, "%v", err)
		}
	}
}

func (c *config) validateNATS(bad faults) {
	for server := range strings.SplitSeq(c.NATS.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(server))
		if c.NATS.URL != "" && (err != nil || u.Host == "" || u.Scheme != "tls" && u.Scheme != "nats") {
			bad("nats.url", "%q is no NATS server: write tls://HOST:4222, several with a comma between", server)
		}
	}
	if c.NATS.Replicas < 1 || c.NATS.Replicas > 5 {
		bad("nats.replicas", "%d is out of range: 3 for a cluster of three servers, 1 for a single one", c.NATS.Replicas)
	}
	if (c.NATS.CertFile == "") != (c.NATS.KeyFile == "") {
		bad("nats.cert_file", "cert_file and key_file belong together: give both or none")
	}
}

// validateTemplates puts the practice's own wordings through the gate.
func (c *config) validateTemplates() (errs []error) {
	if c.Practice.Validate() != nil {
		return nil // said already
	}
	gate, err := respond.NewGate(c.gateOptions())
	if err != nil {
		return []error{err}
	}
	for i, t := range c.Templates {
		if _, err := respond.NewDrafter(c.Practice, []respond.Template{t}, gate); err != nil {
			errs = append(errs, c.fault(fmt.Sprintf("template[%d]", i), "%v", err))
		}
	}
	return errs
}

// inEntries looks at a list as a setting would have it.
func inEntries[T any](read func(string) (T, error), list []string) error {
	if slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, listMark) }) {
		return fmt.Errorf("a %q stands in an entry: write each as one of its own", listMark)
	}
	_, err := read(listText(list))
	return err
}

// leastStore is the smallest quota of the store in bytes.
const leastStore = 1 << 20

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (c *config) validateAccounts() (errs []error) {
	bad := func(key, format string, args ...any) { errs = append(errs, c.fault(key, format, args...)) }
	names := map[string]string{}
	name := func(key, name string) {
		if !accountName.MatchString(name) {
			bad(key, "%q is no account name: small letters, digits and \"-\", at most 32", name)
		}
		if first, taken := names[name]; taken {
			bad(key, "the name %q is taken by %s: every account has a name of its own", name, first)
		}
		names[name] = key
	}
	c.validateSections(bad, name)
	for i, f := range c.File {
		at := fmt.Sprintf("file[%d]", i)
		name(at+".name", f.Name)
		if _, err := os.Stat(os.ExpandEnv(f.Path)); err != nil {
			bad(at+".path", "%v: name a file that the service can read", err)
		}
		if strings.HasSuffix(f.Path, ".gz") {
			bad(at+".path", "a compressed file does not grow and is not followed: unpack it first")
		}
		if f.Every.Duration < time.Second {
			bad(at+".every", "%v is too often: at least 1s", f.Every)
		}
		if !slices.Contains([]file.Format{file.JSONL, file.CSV, file.Plain}, f.Format) {
			bad(at+".format", "%q is no format: write \"jsonl\", \"csv\" or \"text\"", f.Format)
		}
	}
	if len(c.sections())+len(c.File) == 0 {
		bad("facebook", "no account is configured: add a [[facebook]] or [[file]] section")
	}
	return errs
}
