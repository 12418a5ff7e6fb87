package transfer

import (
	"bytes"
	"testing"
)

// FuzzImport tests that no file, whatever is in it, makes an import panic.
func FuzzImport(f *testing.F) {
	f.Add([]byte(`{"kind":"parley","version":1}` + "\n" +
		`{"kind":"record","shelf":"accounts","key":"a","value":{}}` + "\n" +
		`{"kind":"event","buffer":"#c","msgid":"03e6ljtc0000cuqborybz","type":"MessageSent","body":{"Text":"x"}}` + "\n" +
		`{"kind":"end","records":1,"events":1}`))
	f.Add([]byte(`{"kind":"parley","version":1}` + "\n" + `{"kind":"record","shelf":"../x","key":"","raw":"AA=="}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = Import(ctx, bytes.NewReader(b), &Sink{Data: newData(t)})
	})
}
