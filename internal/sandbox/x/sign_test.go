package x

import (
	"net/http"
	"net/url"
	"testing"
)

// The example that X's documentation works through, and the parameters of RFC 5849
// 3.4.1.3.2.
func TestSignatureOfTheDocumentation(t *testing.T) {
	const text = "Hello Ladies + Gentlemen, a signed OAuth request!"
	auth := map[string]string{"oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog", "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
		"oauth_signature_method": "HMAC-SHA1", "oauth_timestamp": "1318622958", "oauth_version": "1.0",
		"oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", "oauth_signature": "not part of it"}
	r := &http.Request{Method: "POST", Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		URL: &url.URL{Path: "/1/statuses/update.json", RawQuery: "include_entities=true"}, PostForm: url.Values{"status": {text}}}
	params := signedParams(r, auth)
	base := "POST&" + escaped("https://api.twitter.com/1/statuses/update.json") + "&" + escaped(params)
	got := sign("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw&LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE", base)
	if want := "tnnArxj06cWHq44gCs1OSKk/jLY="; got != want {
		t.Errorf("got %s, want %s, of %s", got, want, base)
	}

	r = &http.Request{Header: r.Header, URL: &url.URL{RawQuery: "b5=%3D%253D&a3=a&c%40=&a2=r%20b"}, PostForm: url.Values{"c2": {""}, "a3": {"2 q"}}}
	auth = map[string]string{"realm": "Example", "oauth_consumer_key": "9djdj82h48djs9d2", "oauth_token": "kkk9d7dh3k39sjv7",
		"oauth_signature_method": "HMAC-SHA1", "oauth_timestamp": "137131201", "oauth_nonce": "7d8f3e4a"}
	want := "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9djdj82h48djs9d2&oauth_nonce=7d8f3e4a" +
		"&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131201&oauth_token=kkk9d7dh3k39sjv7"
	if got := signedParams(r, auth); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWeight(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "漢字": 4, "ok https://example.org/a/very/long/address/indeed": 26, "👍": 2, "👍🏽": 2, "👨‍👩‍👧": 2, "“quoted”": 8} {
		if got := weight(text); got != want {
			t.Errorf("%q weighs %d, want %d", text, got, want)
		}
	}
}
