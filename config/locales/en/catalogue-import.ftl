### What `onewindow catalogue import` says, for the authors of catalogues.

catalogue-import-no-column = The head has no column "{ $column }"; nothing was imported. Add the heading.
catalogue-import-unknown-column = Column "{ $column }" is not used and was passed over.
catalogue-import-empty = "{ $column }" is empty. Fill it in.
catalogue-import-mended = "{ $from }" was changed to "{ $to }". Check it.
catalogue-import-no-choice = "{ $value }" under "{ $column }" is not known. Use the standard wording.
catalogue-import-limit = "{ $value }" under "{ $column }" has no number of days. Write 15个工作日 or 15日. Months, years and ranges are for the department to turn into days.
catalogue-import-date = "{ $value }" is no date. Write 2026-09-18.
catalogue-import-form = "{ $value }" is no form. Write id@version.
catalogue-import-id = The id "{ $value }" is made of small letters, digits and hyphens.
catalogue-import-number = "{ $value }" is no number of times. Write digits.
catalogue-import-code-length = The implementation code "{ $code }" should have 31 characters, not { $found }. Check it.
catalogue-import-body = The first 18 characters "{ $body }" of the code are no credit code: { $reason }.
catalogue-import-level = The 19th character of the code is "{ $found }", but the level has the digit { $level }. Make them agree.
catalogue-import-catalog-code = The catalogue code "{ $code }" should be 12 digits, the same as the last 12 of the implementation code.
catalogue-import-type = The item type has the digits { $type }, but the catalogue code has { $digits }. Make them agree.
catalogue-import-domain = There is no domain "{ $value }". Use one of the catalogue, or add it to catalogue.toml first.
catalogue-import-code-twice = The code { $code } is there already: { $other }. This row was not imported.
catalogue-import-id-twice = The id { $code } is taken: { $other }. This row was left out. Choose another id.
catalogue-import-cells = This row has { $found } cells and the head { $columns } columns; they may have shifted. Check delimiters and quotation marks, and keep empty cells.
catalogue-import-encoding = This row has characters that cannot be read. Type them again and save the table as CSV in UTF-8.
catalogue-import-fee = “{ $value }” is no fee. Say how much, such as “每件 10 元”; for no fee write “否”.
catalogue-import-quote = A quotation mark of this row is not closed; the rows behind it were read by themselves. Close it or delete it.
catalogue-import-column-twice = "{ $column }" is the same as column { $first }; only that one was used. Delete one.
