package graph

import (
	"errors"
	"net"
	"net/url"
	"regexp"
)

// DefaultVersion is the version of the Graph API that is asked for unless
// another is configured.
const DefaultVersion = "v26.0"

var (
	idPattern      = regexp.MustCompile(`^[0-9]{1,32}$`)
	versionPattern = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]$`)
)

// IsID reports whether s can be the id of a Page, account or app: digits only.
func IsID(s string) bool { return idPattern.MatchString(s) }

// Validate says what is wrong with the keys that the sections of Facebook and
// Instagram share. No value is repeated.
func Validate(base, version, appID string) error {
	switch {
	case !versionPattern.MatchString(version):
		return errors.New(`version must look like "v26.0"`)
	case appID != "" && !IsID(appID):
		return errors.New("app_id must be the numeric id of the app: Meta's app dashboard shows it at the top")
	default:
		return validBase(base)
	}
}

// validBase demands https, for the token travels with every call; only this
// machine may be spoken to in plain.
func validBase(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("base_url must be a scheme and a host, perhaps with a path, and nothing else")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	default:
		return errors.New("base_url must use https; plain http is accepted only for this machine, such as 127.0.0.1")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
