package x

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// signatureFits verifies a signature by RFC 5849, as of a request for a public
// host, without the library that made it.
func signatureFits(req *http.Request, body []byte, public string) bool {
	given := map[string]string{}
	for pair := range strings.SplitSeq(strings.TrimPrefix(req.Header.Get("Authorization"), "OAuth "), ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		given[key], _ = url.PathUnescape(strings.Trim(value, `"`))
	}
	var pairs []string
	add := func(key, value string) { pairs = append(pairs, percent(key)+"="+percent(value)) }
	for key, value := range given {
		if key != "oauth_signature" && key != "realm" {
			add(key, value)
		}
	}
	sets := []url.Values{req.URL.Query()}
	if req.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(string(body))
		sets = append(sets, form)
	}
	for _, set := range sets {
		for key, values := range set {
			for _, value := range values {
				add(key, value)
			}
		}
	}
	slices.Sort(pairs)
	base := req.Method + "&" + percent(public+req.URL.EscapedPath()) + "&" + percent(strings.Join(pairs, "&"))
	mac := hmac.New(sha1.New, []byte(percent("cs&")+"&"+percent("as")))
	mac.Write([]byte(base))
	return given["oauth_consumer_key"] == "ck" && given["oauth_token"] == "7-at" && given["oauth_nonce"] != "" &&
		given["oauth_signature"] == base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// percent encodes as the RFC demands.
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
