//! Running an import: rows in batches, each its own transaction, or a trial that writes nothing.
//!
//! Part of the import room.

use domain::imports::{Business, Content, Import, Job, Mode, Prepared, Report, Restore, Trial};

use super::ImportFailed;
use super::base::DeviceBase;
use crate::app::{App, AppError};

/// Rows per transaction: the disk is waited for once in so many rows, and others wait no longer.
const BATCH: usize = 256;

impl App {
    /// Imports a file. `progress` is told how many rows are done, of how many; nothing is locked while it is.
    pub fn import(
        &mut self,
        job: &Job<'_>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Report, ImportFailed> {
        let content = Content::read_as(job.bytes, job.map)?;
        let business = self.business()?;
        let prepared = Prepared::new(job, &content.table, &business)?;
        let all = prepared.len();
        let mut report = prepared.report();
        match job.mode {
            Mode::DryRun => {
                let mut import = Import::new(&prepared, Trial::new(DeviceBase::new(self)))?;
                progress(0, all);
                for index in 0..all {
                    report.add(import.row(index)?);
                    if (index + 1) % BATCH == 0 || index + 1 == all {
                        progress(index + 1, all);
                    }
                }
                report.clients_created = import.clients_created();
                Ok(Report { dry_run: true, ..report })
            }
            Mode::Write => {
                let mut import = Import::new(&prepared, DeviceBase::new(self))?;
                in_batches(&mut import, all, progress, Import::base, |import, index| {
                    report.add(import.row(index)?);
                    Ok(())
                })?;
                report.clients_created = import.clients_created();
                self.remember_import(job, &report)?;
                Ok(report)
            }
        }
    }

    /// Takes a full export back, under its own ids.
    pub fn restore(
        &mut self,
        bytes: &[u8],
        mode: Mode,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Report, ImportFailed> {
        let restore = Restore::read(bytes)?;
        let mut report = Report { dry_run: mode == Mode::DryRun, ..Report::default() };
        if mode == Mode::DryRun {
            let mut base = Trial::new(DeviceBase::new(self));
            let records = Restore::standing_records(&mut base)?;
            for index in 0..restore.len() {
                report.add(restore.thing(index, &mut base, &records)?);
            }
            return Ok(report);
        }
        let mut base = DeviceBase::new(self);
        let records = Restore::standing_records(&mut base)?;
        in_batches(
            &mut base,
            restore.len(),
            progress,
            |base| base,
            |base, index| {
                report.add(restore.thing(index, base, &records)?);
                Ok(())
            },
        )?;
        Ok(report)
    }

    /// What an import needs to know of the business.
    pub fn business(&self) -> Result<Business, AppError> {
        let tenant = self.tenant()?;
        Ok(Business { tenant: tenant.id, timezone: tenant.timezone, currency: tenant.currency })
    }
}

/// Does something with every row, so many to a transaction.
fn in_batches<'a, T>(
    work: &mut T,
    all: usize,
    progress: &mut dyn FnMut(usize, usize),
    base: impl for<'t> Fn(&'t mut T) -> &'t mut DeviceBase<'a>,
    mut act: impl FnMut(&mut T, usize) -> Result<(), AppError>,
) -> Result<(), AppError> {
    progress(0, all);
    for first in (0..all).step_by(BATCH) {
        base(work).app.store_mut().begin()?;
        let last = all.min(first + BATCH);
        for index in first..last {
            if let Err(error) = act(work, index) {
                base(work).app.store_mut().rollback();
                return Err(error);
            }
        }
        base(work).app.store_mut().commit()?;
        progress(last, all);
    }
    Ok(())
}
