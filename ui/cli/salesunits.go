package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"kvikk/api/sandbox"
)

// maxKeysFile is the size in bytes beyond which a file of keys is not read.
const maxKeysFile = 1 << 20

// salesUnits are the made-up keys of a sandbox's sales units, as flags and a
// file give them. The n-th of each flag belong to the n-th sales unit.
type salesUnits struct {
	clientIDs, clientSecrets, subscriptionKeys, msns []string
	file                                             string
}

// keys returns those of the flags, then those of the file; at least one set,
// which may be empty.
func (u salesUnits) keys() ([]sandbox.Keys, error) {
	n := max(len(u.clientIDs), len(u.clientSecrets), len(u.subscriptionKeys), len(u.msns))
	all := make([]sandbox.Keys, n)
	for i := range all {
		all[i] = sandbox.Keys{
			ClientID: nth(u.clientIDs, i), ClientSecret: nth(u.clientSecrets, i),
			SubscriptionKey: nth(u.subscriptionKeys, i), MSN: nth(u.msns, i),
		}
	}
	if u.file != "" {
		more, err := readSalesUnits(u.file)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	if len(all) == 0 {
		all = make([]sandbox.Keys, 1)
	}
	return all, nil
}

func nth(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// salesUnit is one sales unit's keys on the wire: in the file, in the first
// line, and in the list that it has of more than one.
type salesUnit struct {
	ClientID        string `json:"client_id"`
	ClientSecret    string `json:"client_secret"`
	SubscriptionKey string `json:"subscription_key"`
	MSN             string `json:"msn"`
}

func readSalesUnits(path string) ([]sandbox.Keys, error) {
	wrong := func(err error) error {
		return fmt.Errorf(`read the keys of %s: want a JSON list such as [{"msn":"123456","client_id":"…","client_secret":"…","subscription_key":"…"}], where what is left out is made up: %w`, path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKeysFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	if len(text) > maxKeysFile {
		return nil, fmt.Errorf("read the keys of %s: the file is larger than %d bytes; name one that holds keys only", path, maxKeysFile)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var list []salesUnit
	if err := d.Decode(&list); err != nil {
		return nil, wrong(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, wrong(errors.New("there is more after the list"))
	}
	if len(list) == 0 {
		return nil, wrong(errors.New("there is no sales unit in it"))
	}
	keys := make([]sandbox.Keys, 0, len(list))
	for _, u := range list {
		keys = append(keys, sandbox.Keys(u))
	}
	return keys, nil
}
