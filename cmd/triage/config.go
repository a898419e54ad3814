package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/internal/ingest/file"
	"triage/internal/respond"
)

// config is the configuration file: the sections of all stages. What each key
// means is told in config.example.toml, which a test compares with this.
type config struct {
	Practice  respond.Practice   `toml:"practice"`
	Data      dataConfig         `toml:"data"`
	NATS      natsConfig         `toml:"nats"`
	Retention retentionConfig    `toml:"retention"`
	Audit     auditConfig        `toml:"audit"`
	Review    reviewConfig       `toml:"review"`
	Classify  classifyConfig     `toml:"classify"`
	Posting   postingConfig      `toml:"posting"`
	Alerts    alertsConfig       `toml:"alerts"`
	Log       logConfig          `toml:"log"`
	Facebook  []facebookConfig   `toml:"facebook"`
	Instagram []instagramConfig  `toml:"instagram"`
	X         []xConfig          `toml:"x"`
	WordPress []wordpressConfig  `toml:"wordpress"`
	Google    []googleConfig     `toml:"google"`
	File      []fileConfig       `toml:"file"`
	Templates []respond.Template `toml:"template"`

	path  string
	where positions
}

type dataConfig struct {
	Dir      string `toml:"dir"`
	KeyFile  string `toml:"key_file"`
	MaxStore size   `toml:"max_store"`
}

// natsConfig is the NATS that takes the place of the embedded one.
type natsConfig struct {
	URL      string `toml:"url"`
	NKeyFile string `toml:"nkey_file"`
	CAFile   string `toml:"ca_file"`
	CertFile string `toml:"cert_file"`
	KeyFile  string `toml:"key_file"`
	Replicas int    `toml:"replicas"`
}

type retentionConfig struct {
	Unflagged duration `toml:"unflagged"`
	Decided   duration `toml:"decided"`
}

type auditConfig struct {
	// Checkpoints is the file into which the end of the audit's chain goes.
	Checkpoints string `toml:"checkpoints"`
}

type reviewConfig struct {
	Addr string `toml:"addr"`
	// URL is how staff reach the page; links in alerts begin with it.
	URL string `toml:"url"`
	// PlainHTTP: something else keeps the page private though it is not https.
	PlainHTTP bool `toml:"plain_http"`
	// TrustedProxy is the address of the proxy that says who asks.
	TrustedProxy string `toml:"trusted_proxy"`
	// FourEyes: what goes out against the check, or without a person, takes two.
	FourEyes bool `toml:"four_eyes"`
	// Idle is after how long without use somebody is signed out.
	Idle duration `toml:"idle"`
	// SecondFactor is "required" or "offered"; empty: as fits where the page is.
	SecondFactor string     `toml:"second_factor"`
	OIDC         oidcConfig `toml:"oidc"`
}

// classifyConfig is how comments are judged.
type classifyConfig struct {
	// Catch is of how many in a hundred clear disclosures none may be missed; 0:
	// balanced.
	Catch float64 `toml:"catch"`
	// Terms are the practice's own, each "LANGUAGE KIND WORDS".
	Terms []string `toml:"terms"`
	// Sample is how many unflagged comments a week are shown to people.
	Sample int `toml:"sample"`
}

type postingConfig struct {
	Mode     string   `toml:"mode"`
	Undo     duration `toml:"undo"`
	DailyCap int      `toml:"daily_cap"`
	// ThreadCap is how many public replies go out under one post in a day; 0: any
	// number.
	ThreadCap int      `toml:"thread_cap"`
	ReadBack  duration `toml:"read_back"`
	// Quiet are the hours in which routine replies wait, "FROM-TO".
	Quiet string `toml:"quiet"`
	// Automatic are the lanes whose suggestions go out without a person.
	Automatic []string `toml:"automatic"`
}

type logConfig struct {
	Level string `toml:"level"`
}

type fileConfig struct {
	Name   string      `toml:"name"`
	Path   string      `toml:"path"`
	Format file.Format `toml:"format"`
	Column string      `toml:"column"`
	Every  duration    `toml:"every"`
	Lang   string      `toml:"lang"`
}

// Posting modes.
const (
	shadowMode = "shadow" // decisions are recorded, nothing goes out
	reviewMode = "review" // what a person approved goes out
)

// defaults are the values of the keys that a file leaves out.
func defaults() config {
	return config{
		Data:      dataConfig{Dir: "triage-data"},
		NATS:      natsConfig{Replicas: 3},
		Retention: retentionConfig{Unflagged: duration{7 * day}, Decided: duration{30 * day}},
		Review:    reviewConfig{Addr: "127.0.0.1:8480", Idle: duration{15 * time.Minute}, OIDC: oidcConfig{Users: map[string]string{}}},
		Classify:  classifyConfig{Terms: []string{}, Sample: 20},
		Posting:   postingConfig{Mode: shadowMode, Undo: duration{time.Minute}, DailyCap: 50, ThreadCap: 5, ReadBack: duration{3 * time.Minute}, Automatic: []string{}},
		Alerts: alertsConfig{Terminal: true, Lanes: []string{}, Waiting: []string{}, Team: []string{}, Quiet: []string{}, Holidays: []string{},
			Repeat: duration{10 * time.Minute}, Forgotten: duration{30 * time.Minute}, Most: 20, Heartbeat: heartbeatConfig{Every: duration{time.Minute}},
			Digest: digestConfig{Morning: []string{}, Weekly: []string{}, At: "07:30", Days: []string{}, Lang: "en"}},
		Log: logConfig{Level: "info"},
	}
}

// accountDefaults fills in what depends on other keys.
func (c *config) accountDefaults() {
	if c.Data.KeyFile == "" {
		c.Data.KeyFile = filepath.Join(c.Data.Dir, "practice.key")
	}
	if c.Audit.Checkpoints == "" {
		c.Audit.Checkpoints = filepath.Join(c.Data.Dir, "audit-checkpoints.jsonl")
	}
	for _, s := range c.sections() {
		orDefault(&s.Name, s.platform, s.number)
		orDefault(&s.Lang, "en", 0)
		if s.Every.Duration == 0 {
			s.Every = duration{time.Minute}
		}
	}
	c.alertDefaults()
	for i := range c.File {
		f := &c.File[i]
		orDefault(&f.Name, "file", i)
		orDefault(&f.Lang, "en", 0)
		if f.Every.Duration == 0 {
			f.Every = duration{2 * time.Second}
		}
		if f.Format == "" {
			f.Format = file.FormatOf(f.Path)
		}
	}
}

func orDefault(s *string, value string, i int) {
	if *s != "" {
		return
	}
	*s = value
	if i > 0 {
		*s += "-" + strconv.Itoa(i+1)
	}
}

// loadConfig reads a file strictly: whatever is wrong refuses it, with file,
// line and what to do.
func loadConfig(path string) (config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return config{}, fmt.Errorf("the configuration cannot be read: %w: copy config.example.toml there, or name another file with --config", err)
	}
	return parseConfig(path, raw)
}

// loadForOrder is loadConfig without the platforms' secrets, which only the
// service may be able to read.
func loadForOrder(path string) (config, error) {
	c, err := loadConfig(path)
	var secrets *secretsError
	if errors.As(err, &secrets) {
		return c, nil
	}
	return c, err
}

// secretsError: nothing is wrong with the file but that secrets cannot be read.
type secretsError struct{ error }

func parseConfig(path string, raw []byte) (config, error) {
	c := defaults()
	c.path = path
	if err := decodeStrict(path, raw, &c); err != nil {
		return config{}, err
	}
	c.where = locate(raw)
	c.accountDefaults()
	secrets, errs := c.secrets(), c.validate()
	if len(errs) == 0 && len(secrets) > 0 {
		return c, &secretsError{errors.Join(secrets...)}
	}
	return c, errors.Join(append(secrets, errs...)...)
}

// fault is something wrong with a key, and what to do about it.
func (c *config) fault(key, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s: %s", c.path, c.where.line(key), key, fmt.Sprintf(format, args...))
}

// reachedAt fills in how staff reach the page where the file does not say it:
// at the address it is served on.
func (c *config) reachedAt(page net.Listener) {
	if c.Review.URL == "" {
		c.Review.URL = "http://" + strings.Replace(page.Addr().String(), "127.0.0.1", "localhost", 1)
	}
}

// pageURL is how staff reach the page, also while the service is stopped.
func (c *config) pageURL() string {
	if c.Review.URL != "" {
		return c.Review.URL
	}
	return "http://" + strings.Replace(c.Review.Addr, "127.0.0.1", "localhost", 1)
}

// secrets reads the secrets that live in files.
func (c *config) secrets() (errs []error) {
	for _, s := range c.sections() {
		for _, given := range s.secrets {
			errs = append(errs, c.secret(s.key()+"."+given.key, given.value, given.file, given.needed))
		}
	}
	o := &c.Review.OIDC
	errs = append(errs, c.secret("review.oidc.client_secret", &o.ClientSecret, o.ClientSecretFile, o.Issuer != ""))
	errs = append(errs, c.alertSecrets()...)
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// secret resolves a secret that is given either as such or by a file.
func (c *config) secret(key string, value *string, file string, needed bool) error {
	name := key[strings.LastIndexByte(key, '.')+1:]
	switch {
	case *value != "" && file != "":
		return c.fault(key+"_file", "both %s and %s_file are given: keep exactly one of them", name, name)
	case *value == "" && file == "" && needed:
		return c.fault(key, "neither %s nor %s_file is given: keep exactly one of them", name, name)
	case file == "":
		return nil
	}
	read, err := readSecret(os.ExpandEnv(file))
	if err != nil {
		return c.fault(key+"_file", "%v", err)
	}
	*value = read
	return nil
}

func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("%w: write the secret into that file, readable by the service only (chmod 600)", err)
	}
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if info.Mode().Perm()&0o077 != 0 && (dir == "" || filepath.Dir(path) != dir) {
		return "", fmt.Errorf("%s can be read by others: chmod 600 it", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%w: let the service's user read it", err)
	}
	secret := strings.TrimSpace(string(raw))
	if secret == "" {
		return "", fmt.Errorf("%s is empty: write the secret into it", path)
	}
	return secret, nil
}
