"""The mail server of the tests keeps its word: run by scripts/test beside the server itself."""

import json
import os
import smtplib
import ssl
import unittest
from urllib.request import Request, urlopen

HOST, PORT = os.environ["PLAYHOUSE_TEST_SMTP"].split(":")
LETTERS = os.environ["PLAYHOUSE_TEST_SMTP_READ"] + "/letters"


def letters(query="", method="GET"):
    with urlopen(Request(LETTERS + query, method=method)) as answer:
        return json.load(answer)


def post(to, prepare=lambda line: None):
    with smtplib.SMTP(HOST, int(PORT), timeout=5) as line:
        prepare(line)
        line.sendmail("house@example.org", to, "Subject: Hello\r\n\r\nCome in.\r\n")


class Server(unittest.TestCase):
    def test_a_letter_is_read_back_and_forgotten(self):
        post("mara@example.org")
        [letter] = letters("?to=mara@example.org")
        self.assertEqual(letter["from"], "house@example.org")
        self.assertIn("Come in.", letter["data"])
        self.assertEqual(letters("?to=nobody@example.org"), [])
        letters("?to=mara@example.org", "DELETE")
        self.assertEqual(letters("?to=mara@example.org"), [])

    def test_recipients_are_refused_as_their_address_asks(self):
        for code in (550, 451):
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                post(f"{code}-gone@example.org")
            [(said, _)] = refused.exception.recipients.values()
            self.assertEqual(said, code)

    def test_a_letter_is_refused_as_its_address_asks(self):
        with self.assertRaises(smtplib.SMTPDataError) as refused:
            post("data-554-gone@example.org")
        self.assertEqual(refused.exception.smtp_code, 554)

    def test_a_dropped_line_hides_that_the_letter_was_taken(self):
        with self.assertRaises(smtplib.SMTPServerDisconnected):
            post("drop-mara@example.org")
        self.assertEqual(len(letters("?to=drop-mara@example.org")), 1)

    def test_it_speaks_tls_and_knows_one_login(self):
        trusted = ssl.create_default_context(cafile=os.environ["PLAYHOUSE_TEST_SMTP_CERTIFICATE"])

        def prepare(line):
            line.starttls(context=trusted)
            line.login("house", "front-of-house")

        post("tess@example.org", prepare)
        [letter] = letters("?to=tess@example.org")
        self.assertEqual((letter["tls"], letter["login"]), (True, "house"))
        with self.assertRaises(smtplib.SMTPAuthenticationError):
            post("tess@example.org", lambda line: line.login("house", "wrong"))


if __name__ == "__main__":
    unittest.main()
