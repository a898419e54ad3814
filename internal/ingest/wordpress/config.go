// Package wordpress speaks the REST API of one WordPress site in both
// directions: it reads the comments and does what was approved about them.
//
// It is plain HTTP and JSON, without a library; what answers mean is judged in
// errors.go. A wrong application password is no error to WordPress: it answers
// as it does to any visitor. So everything is read in the context "edit", which
// no visitor is given, and who we are is asked first and after every refusal.
package wordpress

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Config is the section of one site.
type Config struct {
	// Site is its address as visitors know it, such as "https://practice.example"
	// or "https://practice.example/blog".
	Site string `toml:"site"`
	// User is the login name or e-mail of a user who may moderate comments: the
	// role Editor, or higher. What is published is published in this user's name.
	User string `toml:"user"`
	// Password is an application password of that user, which is not the one to
	// log in with. Exactly one of Password and PasswordFile is set; the program
	// reads the file and hands the value on in Password. Spaces do not count.
	Password     string `toml:"password"`
	PasswordFile string `toml:"password_file"`
	// Staff are the numeric ids of the site's other users who answer for the
	// practice: their comments count as its own.
	Staff []string `toml:"staff"`
	// Days is how many days back a sweep reads all comments again, to find edits,
	// late approvals and deletions.
	Days int `toml:"days"`
	// Spam: what the site takes for spam is read, too.
	Spam bool `toml:"spam"`
}

// Defaults is the section with everything that has a default.
func Defaults() Config { return Config{Staff: []string{}, Days: 14} }

// filled gives what is not set its default.
func (c Config) filled() Config {
	if c.Days == 0 {
		c.Days = Defaults().Days
	}
	c.Site = strings.TrimRight(strings.TrimSpace(c.Site), "/")
	c.Password = strings.Join(strings.Fields(c.Password), "")
	return c
}

// maxDays is as far back as a sweep may look: WordPress renders every comment
// anew for us.
const maxDays = 365

var idPattern = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)

// Validate says what is wrong with the section; an unset key has its default.
// The password is not looked at and no value is repeated.
func (c Config) Validate() error {
	c = c.filled()
	switch {
	case c.User == "" || strings.ContainsAny(c.User, ":\r\n"):
		return errors.New("user must be the login name or e-mail of a user of the site")
	case c.Days < 1 || c.Days > maxDays:
		return fmt.Errorf("days must be from 1 to %d", maxDays)
	case slices.ContainsFunc(c.Staff, func(id string) bool { return !idPattern.MatchString(id) }):
		return errors.New("staff must hold the numeric ids of users: in WordPress open Users, a user, and read user_id in the address")
	}
	return validSite(c.Site)
}

// validSite demands https, for the password travels with every call; only this
// machine may be spoken to in plain.
func validSite(site string) error {
	u, err := url.Parse(site)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New(`site must be the site's address, such as "https://practice.example", and nothing else`)
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	default:
		return errors.New("site must use https, for the password travels with every call; plain http is accepted only for this machine, such as 127.0.0.1")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Format keeps the password out of every formatted string, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[wordpress section]") }
